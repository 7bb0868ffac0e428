import type { ToolResult } from "../model/model_call.ts";
import type { ToolKind } from "./tool_kind.ts";

/** What a result says about its own run. */
export interface ResultFacts {
  /** Absent when the result does not tell. */
  readonly success?: boolean;
  /** Wall time as the tool itself states it. */
  readonly durationMs?: number;
}

/** Results are searched this far from their beginning: what a command printed comes after what the agent says about it. */
const SEARCHED_UNITS = 2048;
/** And this far from their end, where JSON has its facts behind the output. */
const SEARCHED_END = 256;
/** Lines that agents put before the output of a command. */
const HEADER_LINE =
  /^(?:(?:Exit code:?|Process exited with code) (-?\d{1,10})|Wall time:? (\d{1,9}(?:\.\d{1,9})?)(?: ?s\w*)?|Chunk ID: .*|Process running with .*|Script \w+.*|Original token count: \d+|Total output lines: \d+)\s*$/;
const OUTPUT_LINE = /^Output:\s*$/;
const MOST_HEADER_LINES = 12;
const JSON_EXIT_CODE = /"exit_code"\s*:\s*(-?\d{1,10})/;
const JSON_WALL_TIME_S = /"(?:wall_time_seconds|duration_seconds)"\s*:\s*(\d{1,9}(?:\.\d{1,9})?)/;
const JSON_OUTPUT = /"output"\s*:/;
/** Gemini CLI and its kin put the exit code behind the output, before the process group they ran; in JSON, line ends are escaped. */
const END_EXIT_CODE =
  /(?:\n|\\n)Exit Code: (-?\d{1,10})(?:\n|\\n)(?:[A-Z][A-Za-z ]{1,32}: [^\n\\]{0,64}(?:\n|\\n)){0,3}Process Group PGID: \d{1,10}(?:\s|\\n|<\/\w+>|["}])*$/;
const ERROR_OBJECT = /^\s*\{\s*"error"\s*:(?!\s*(?:null|false|""))/;
/** What these give is what they found: an error in it is not theirs. */
const CONTENT_KINDS: ReadonlySet<ToolKind | undefined> = new Set(["shell", "file_read", "search", "web"]);

/** As the agent wrote them. */
interface StatedFacts {
  exitCode?: string | undefined;
  seconds?: string | undefined;
}

/**
 * Reads success and duration of a tool's run: the format's own flag first, then, of tools that run a program, the exit code and wall
 * time that agents put before the output or around it, then an error object that is the whole result.
 */
export function readResultFacts(result: ToolResult, kind: ToolKind | undefined, name?: string): ResultFacts {
  const content = result.content ?? "";
  const { exitCode, seconds } = kind === "shell" || name === "apply_patch" ? readStatedFacts(content) : {};
  const success = toSuccess(result, exitCode, kind);
  return {
    ...(success !== undefined && { success }),
    ...(seconds !== undefined && { durationMs: Math.round(Number(seconds) * 1e6) / 1e3 }),
  };
}

function readStatedFacts(content: string): StatedFacts {
  const facts: StatedFacts = {};
  const head = content.slice(0, SEARCHED_UNITS);
  let at = 0;
  for (let line = 0; line < MOST_HEADER_LINES; line++) {
    const end = head.indexOf("\n", at);
    const text = end < 0 ? head.slice(at) : head.slice(at, end);
    const match = HEADER_LINE.exec(text);
    if (match === null && !OUTPUT_LINE.test(text)) break;
    facts.exitCode ??= match?.[1];
    facts.seconds ??= match?.[2];
    if (end < 0) return facts;
    at = end + 1;
    if (match === null) break;
  }
  facts.exitCode ??= END_EXIT_CODE.exec(content.slice(-SEARCHED_END))?.[1];
  if (head[at] === "{") readJsonFacts(`${head.slice(at)}\n${content.slice(at).slice(-SEARCHED_END)}`, facts);
  return facts;
}

/** Of an object that has the output beside what is said of it; any other is the output itself. */
function readJsonFacts(text: string, facts: StatedFacts): void {
  if (!JSON_OUTPUT.test(text)) return;
  facts.exitCode ??= JSON_EXIT_CODE.exec(text)?.[1];
  facts.seconds ??= JSON_WALL_TIME_S.exec(text)?.[1];
}

function toSuccess(
  result: ToolResult,
  exitCode: string | undefined,
  kind: ToolKind | undefined,
): boolean | undefined {
  if (result.isError === true) return false;
  if (exitCode !== undefined) return Number(exitCode) === 0;
  if (result.isError === false) return true;
  return !CONTENT_KINDS.has(kind) && ERROR_OBJECT.test(result.content?.slice(0, SEARCHED_UNITS) ?? "")
    ? false
    : undefined;
}
