/** Starts oisp on the stage and reads what it wrote. */
import { LIBRARY_LINK, ROOT } from "../../scripts/paths.ts";
import { isOnPath } from "../../scripts/run.ts";
import type { OispEvent } from "../../core/model/oisp_event.ts";
import { findKernelReason } from "./kernel.ts";
import { findStageReason, type Outcome, type Stage, type StageOptions } from "./stage.ts";

/** Command line of oisp: the built file in `.ci/run`, else the sources. */
export function oispCommand(): string[] {
  return Deno.env.get("OISP_TEST_BUILT") === "1"
    ? [`${ROOT}/dist/oisp`]
    : [Deno.execPath(), "run", "-A", `${ROOT}/main.ts`];
}

/**
 * Says why nothing can be captured on this machine; undefined when it must be possible. oisp itself is not asked: where kernel and
 * rights are there and it refuses, the tests fail. Only a library that could not be built (no Rust) is a reason, which set-up has
 * said already.
 */
export function findCaptureReason(): string | undefined {
  return findStageReason() ?? findKernelReason() ?? findLibraryReason();
}

function findLibraryReason(): string | undefined {
  if (Deno.env.get("OISP_TEST_BUILT") === "1" || isOnPath("cargo")) return undefined;
  try {
    return Deno.statSync(LIBRARY_LINK).isFile ? undefined : "the capture library is no file";
  } catch {
    return "the capture library is not built: cargo is missing";
  }
}

/** What a run under oisp left behind. */
export interface CapturedRun {
  readonly outcome: Outcome;
  readonly events: OispEvent[];
  /** Path of the recording. */
  readonly recording: string;
  /** The JSON report. */
  readonly report: Record<string, unknown>;
}

let runs = 0;

/** Runs a command under `oisp run`, in `full` mode unless told otherwise, with a recording and a report. */
export async function captureRun(
  stage: Stage,
  command: readonly string[],
  options: CaptureOptions = {},
): Promise<CapturedRun> {
  const base = `${stage.folder}/run-${runs++}`;
  const flags = ["--redaction", options.redaction ?? "full", "-o", `${base}.jsonl`, "--record", `${base}.oispcap`];
  const outcome = await stage.run(
    [...oispCommand(), "run", ...flags, "--report", `json=${base}.json`, ...(options.flags ?? []), "--", ...command],
    options,
  );
  return {
    outcome,
    events: readEvents(`${base}.jsonl`),
    recording: `${base}.oispcap`,
    report: JSON.parse(readIfThere(`${base}.json`) || "{}"),
  };
}

/** How to capture. */
export interface CaptureOptions extends StageOptions {
  readonly redaction?: string;
  readonly flags?: readonly string[];
}

/** Reads an event file. */
export function readEvents(path: string): OispEvent[] {
  return readIfThere(path).split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
