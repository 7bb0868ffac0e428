/** The at most eight lines on stderr at the end of `run`, `record` and the like. */
import type { Finding } from "../../core/model/finding.ts";
import { paint } from "../term/color.ts";
import { renderBytes, renderCost, renderCount, renderDuration } from "../term/number.ts";
import { sanitize } from "../term/sanitize.ts";
import { fit } from "../term/width.ts";
import type { RunSummary } from "./report.ts";
import type { CallSums, NotCovered } from "./tally.ts";

/** How the lines are made, and what they end with. */
export interface SummaryOptions {
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly columns: number;
  /** Files with the events, as the person named them. */
  readonly files: readonly string[];
  /** Command to go on with. */
  readonly next?: string;
  /** Doctor's top finding; shown when there were no calls. */
  readonly topFinding?: Finding;
}

function renderCalls(summary: RunSummary, count: (value: number) => string): string {
  const { total, requests } = summary.tally;
  const open = Math.max(0, requests - total.calls);
  const notes = [
    total.failedCalls > 0 ? `${count(total.failedCalls)} failed` : "",
    open > 0 ? `${count(open)} without an answer` : "",
  ].filter((note) => note !== "");
  const word = total.calls === 1 ? "call" : "calls";
  return [`${count(total.calls)} ${word} in ${renderDuration(summary.durationMs)}`, ...notes].join(", ");
}

function renderTokens(total: CallSums, count: (value: number) => string): string {
  const known = total.calls - total.failedCalls - total.callsWithoutUsage;
  if (known <= 0) return "?";
  const text = `${count(total.inputTokens)} in, ${count(total.outputTokens)} out`;
  return total.callsWithoutUsage === 0 ? text : `${text}   (${count(total.callsWithoutUsage)} calls did not say)`;
}

function renderTotalCost(total: CallSums, count: (value: number) => string): string {
  const isKnown = total.calls - total.failedCalls > total.callsWithoutCost || total.costUsd > 0;
  if (!isKnown) return "?";
  const text = renderCost(total.costUsd);
  return total.callsWithoutCost === 0 ? text : `${text} + ?   (${count(total.callsWithoutCost)} calls have no price)`;
}

function renderReasons(reasons: Readonly<Record<string, number>>, show: (value: number) => string): string {
  return Object.entries(reasons).filter(([, value]) => value > 0).map(([reason, value]) => `${show(value)} ${reason}`)
    .join(", ");
}

/** Reasons of stages that mean a loss; the others are bytes that were left out on purpose or never were a call. */
const LOSSES = new Set([
  "source.damaged",
  "decode.after_close",
  "decode.memory",
  "decode.connection_limit",
]);

/** True when a dropped item of a stage (`stage.reason`) is a loss. Everything that failed after decode is one. */
export function isLoss(name: string): boolean {
  return LOSSES.has(name) || !/^(source|decode)\./.test(name);
}

function renderLost(summary: RunSummary, count: (value: number) => string): string {
  const bytes = renderReasons(summary.account?.lostBytes ?? {}, renderBytes);
  const lost = Object.entries(summary.droppedItems).filter(([name]) => isLoss(name));
  const items = renderReasons(Object.fromEntries(lost), count);
  const outputs = summary.outputs.flatMap((output) => {
    // Whoever closed the pipe has seen enough.
    const { reader_gone: _, closed: __, ...lostEvents } = output.dropped;
    const dropped = renderReasons(lostEvents, count);
    return dropped === "" ? [] : [`${output.name}: ${dropped}`];
  });
  const parts = [bytes, items, ...outputs].filter((part) => part !== "");
  return parts.length === 0 ? "0" : parts.join("; ");
}

/** All outputs of the command line have the same filter. */
function renderFiltered({ outputs }: RunSummary, count: (value: number) => string): string | undefined {
  const filtered = outputs.find(({ filteredOut }) => filteredOut !== undefined);
  if (filtered === undefined) return undefined;
  const { filteredOut = 0, events } = filtered;
  return `${count(events)} of ${count(events + filteredOut)} events match`;
}

function renderNotCovered(entries: readonly NotCovered[]): string {
  const shown = entries.slice(0, 3).map((entry) => {
    const subject = entry.exe?.split("/").at(-1) ?? entry.host ?? entry.library?.split("/").at(-1) ?? "a process";
    return `${subject} (${entry.reason})`;
  });
  const more = entries.length > 3 ? `, and ${entries.length - 3} more` : "";
  return shown.join(", ") + more;
}

function renderFinding(finding: Finding): string {
  return `${finding.what}${finding.fix === undefined ? "" : `; try: ${finding.fix.split("\n")[0]}`}`;
}

/** Gives the lines: calls, tokens, cost, lost, not covered, filter, file, next. Without calls: why there may be none. */
export function renderSummary(summary: RunSummary, options: SummaryOptions): string[] {
  const count = options.isTerminal ? renderCount : String;
  const { total } = summary.tally;
  const notCovered = summary.tally.notCovered();
  const rows: [string, string | undefined][] = [
    ["tokens", total.calls === 0 ? undefined : renderTokens(total, count)],
    ["cost", total.calls === 0 ? undefined : renderTotalCost(total, count)],
    ["why", total.calls === 0 && options.topFinding !== undefined ? renderFinding(options.topFinding) : undefined],
    ["lost", renderLost(summary, count)],
    ["not covered", notCovered.length === 0 ? undefined : renderNotCovered(notCovered)],
    ["filter", renderFiltered(summary, count)],
    ["file", options.files.length === 0 ? undefined : options.files.join(", ")],
    ["next", options.next],
  ];
  const lines = rows.flatMap(([label, text]) => {
    if (text === undefined) return [];
    const shown = sanitize(text);
    // A path that is cut cannot be used.
    const isCut = options.isTerminal && label !== "file" && label !== "next";
    const cut = isCut ? fit(shown, Math.max(40, options.columns - 15)) : shown;
    return [`  ${paint(label.padEnd(11), "dim", options.hasColor)}  ${cut}`];
  });
  return [`oisp: ${renderCalls(summary, count)}`, ...lines];
}
