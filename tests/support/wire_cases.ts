import type { ConnectionFormat, ConnectionParser, Flow } from "../../core/decode/connection/connection_format.ts";
import { CONNECTION_FORMATS } from "../../core/decode/connection/registry.ts";
import { ExchangeLog, testConnection } from "./exchange_log.ts";
import { cut } from "./random.ts";

/** One step of a wire case: bytes of a flow, a gap, the news that one follows, time passing, or the close. */
export type WireStep =
  | { readonly type: "bytes"; readonly flow: Flow; readonly bytes: Uint8Array }
  | { readonly type: "gap"; readonly flow: Flow; readonly lostBytes: number }
  | { readonly type: "lostAhead"; readonly flow: Flow }
  | { readonly type: "advance"; readonly seconds: number }
  | { readonly type: "close" | "stop" };

/** One case of a file in `fixtures/wire/`. */
export interface WireCase {
  readonly name: string;
  readonly joinedLate: boolean;
  /** Steps `lost` say when bytes were lost, so that nothing was where they do not. */
  readonly tellsLoss: boolean;
  /** The result depends on where records begin (resynchronisation), so that the case is not cut further. */
  readonly keepsRecords: boolean;
  readonly steps: readonly WireStep[];
  readonly expected: string;
}

const OPTIONS: ReadonlySet<string> = new Set(["joined late", "tells loss", "keep records"]);

/** Reads the cases of a Markdown file: a `##` heading, a `wire` block, an `exchanges` block each. */
export function parseWireCases(markdown: string): WireCase[] {
  return markdown.split(/^## /m).slice(1).map((section) => {
    const name = section.slice(0, section.indexOf("\n")).trim();
    const wire = block(section, "wire");
    const lines = wire.split("\n").filter((line) => line !== "");
    return {
      name,
      joinedLate: lines.includes("joined late"),
      tellsLoss: lines.includes("tells loss"),
      keepsRecords: lines.includes("keep records"),
      steps: lines.filter((line) => !OPTIONS.has(line)).map(parseStep),
      expected: block(section, "exchanges").trimEnd(),
    };
  });
}

/** Runs a case, its bytes cut by `seed` (see `cut`), and gives what the format told. */
export function runWireCase(format: ConnectionFormat, one: WireCase, seed: number): string {
  const log = new ExchangeLog();
  const connection = testConnection({ joinedLate: one.joinedLate, ...(one.tellsLoss && { tellsLoss: true }) });
  let parser: ConnectionParser = format.createParser(connection, log);
  let timeNs = 1e9;
  const push = (flow: Flow, bytes: Uint8Array) => {
    const outcome = parser.push(flow, bytes, timeNs);
    if (outcome.type !== "switch") return;
    const next = CONNECTION_FORMATS.find((format) => format.upgradeTokens?.includes(outcome.to));
    if (next?.createUpgraded === undefined) throw new Error(`no format for ${outcome.to}`);
    parser = next.createUpgraded(connection, log, outcome.handover);
    if (outcome.handover.requestRest !== undefined) push("request", outcome.handover.requestRest);
    if (outcome.rest.length > 0) push("response", outcome.rest);
  };
  for (const step of one.steps) {
    timeNs += 1e6;
    if (step.type === "bytes") { for (const piece of cut(step.bytes, seed)) push(step.flow, piece); }
    else if (step.type === "gap") parser.gap(step.flow, step.lostBytes, "ring_full", timeNs);
    else if (step.type === "lostAhead") parser.lostAhead?.(step.flow);
    else if (step.type === "advance") parser.advance(timeNs += step.seconds * 1e9);
    else {parser.close(
        step.type === "close" ? "complete" : "truncated",
        step.type === "close" ? "closed" : "ended",
        timeNs,
      );}
  }
  return log.lines().join("\n");
}

function block(section: string, language: string): string {
  const start = section.indexOf("```" + language + "\n");
  if (start < 0) throw new Error(`no ${language} block in: ${section.slice(0, 60)}`);
  const from = start + language.length + 4;
  return section.slice(from, section.indexOf("```", from));
}

function parseStep(line: string): WireStep {
  if (line === "close" || line === "stop") return { type: line };
  const gap = /^gap ([<>]) (\d+)$/.exec(line);
  if (gap !== null) return { type: "gap", flow: toFlow(gap[1]), lostBytes: Number(gap[2]) };
  const lost = /^lost ([<>])$/.exec(line);
  if (lost !== null) return { type: "lostAhead", flow: toFlow(lost[1]) };
  const advance = /^advance (\d+)$/.exec(line);
  if (advance !== null) return { type: "advance", seconds: Number(advance[1]) };
  if (!/^[<>] /.test(line)) throw new Error(`cannot read the step ${JSON.stringify(line)}`);
  return { type: "bytes", flow: toFlow(line[0]), bytes: unescape(line.slice(2)) };
}

function toFlow(arrow: string | undefined): Flow {
  return arrow === ">" ? "request" : "response";
}

/** `\r`, `\n`, `\t`, `\\`, `\xNN`, and `\*N*text*` for a text repeated N times. */
function unescape(text: string): Uint8Array {
  const binary = text.replace(/\\\*(\d+)\*([^*]*)\*/g, (_, count, part) => part.repeat(Number(count)))
    .replace(
      /\\(r|n|t|\\|x[0-9a-f]{2})/g,
      (_, code: string) => ESCAPES[code] ?? String.fromCharCode(parseInt(code.slice(1), 16)),
    );
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

const ESCAPES: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t", "\\": "\\" };
