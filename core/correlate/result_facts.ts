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
const EXIT_CODE = /(?:"exit_code"\s*:\s*|^(?:Process exited with code|Exit code:?) )(-?\d{1,10})/m;
const WALL_TIME_S = /(?:"(?:wall_time_seconds|duration_seconds)"\s*:\s*|^Wall time:? )(\d{1,9}(?:\.\d{1,9})?)/m;
const ERROR_OBJECT = /^\s*\{\s*"error"\s*:(?!\s*(?:null|false|""))/;

/**
 * Reads success and duration of a tool's run: the format's own flag first, then, of shell tools only, the exit code and wall
 * time that agents put before the output, then an error object that is the whole result.
 */
export function readResultFacts(result: ToolResult, kind: ToolKind | undefined): ResultFacts {
  const head = result.content?.slice(0, SEARCHED_UNITS) ?? "";
  const exitCode = kind === "shell" ? EXIT_CODE.exec(head)?.[1] : undefined;
  const seconds = kind === "shell" ? WALL_TIME_S.exec(head)?.[1] : undefined;
  const success = toSuccess(result, exitCode, head);
  return {
    ...(success !== undefined && { success }),
    ...(seconds !== undefined && { durationMs: Math.round(Number(seconds) * 1e6) / 1e3 }),
  };
}

function toSuccess(result: ToolResult, exitCode: string | undefined, head: string): boolean | undefined {
  if (result.isError === true) return false;
  if (exitCode !== undefined) return Number(exitCode) === 0;
  if (result.isError === false) return true;
  return ERROR_OBJECT.test(head) ? false : undefined;
}
