/** Starts oisp on the stage and reads what it wrote. */
import { ROOT } from "../../scripts/paths.ts";
import type { OispEvent } from "../../core/model/oisp_event.ts";
import { findStageReason, type Outcome, type Stage, type StageOptions } from "./stage.ts";

/** Command line of oisp: the built file in `.ci/run`, else the sources. */
export function oispCommand(): string[] {
  return Deno.env.get("OISP_TEST_BUILT") === "1"
    ? [`${ROOT}/dist/oisp`]
    : [Deno.execPath(), "run", "-A", `${ROOT}/main.ts`];
}

/**
 * Says why nothing can be captured on this machine; undefined when it can. Only what oisp documents as "not possible here" (69)
 * and "not permitted" (77) is a reason: any other failure is one.
 */
export function findCaptureReason(): string | undefined {
  const stageReason = findStageReason();
  if (stageReason !== undefined) return stageReason;
  const [program = "", ...args] = oispCommand();
  const tried = new Deno.Command(program, { args: [...args, "run", "--", "true"], stdin: "null" })
    .outputSync();
  if (tried.code !== 69 && tried.code !== 77) return undefined;
  return `nothing can be captured here: ${new TextDecoder().decode(tried.stderr).trim().split("\n")[0]}`;
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
