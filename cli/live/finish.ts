/** The end of `run` and `record`: reports, problems, summary. */
import type { Finding } from "../../core/model/finding.ts";
import type { Invocation } from "../command.ts";
import { writeFindings } from "../errors.ts";
import type { Io } from "../io.ts";
import { toOutputFindings } from "../offline.ts";
import type { RunSummary } from "../report/report.ts";
import { renderSummary } from "../report/summary.ts";
import type { SessionResult } from "../session.ts";
import { findTopFinding } from "./open.ts";
import type { LiveOutputs } from "./outputs.ts";

function nextCommand(files: readonly string[], recordingPath: string | undefined): string | undefined {
  const quote = (path: string) => /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  if (recordingPath !== undefined) return `oisp replay ${quote(recordingPath)}`;
  const file = files.at(-1);
  return file === undefined ? undefined : `oisp tail ${quote(file)}`;
}

/**
 * Why there was no call: what stands in the way of capture, else what the account says. A program that is not covered has a
 * line of its own; what the doctor knows of other programs of this machine explains nothing here.
 */
async function explainNoCalls(summary: RunSummary): Promise<Finding | undefined> {
  const blocking = await findTopFinding();
  if (blocking?.severity === "error") return blocking;
  if (summary.tally.notCovered().length > 0 || summary.account === undefined) return undefined;
  const { calls } = summary.account;
  const what = calls === 0
    ? "no program in scope made a TLS call that can be seen"
    : `${calls} TLS calls were seen, none of them to a model in a known format`;
  return { code: "OISP-RUN-003", severity: "info", what, fix: "oisp doctor --pid PID, for the program in question" };
}

async function writeSummary(io: Io, summary: RunSummary, outputs: LiveOutputs): Promise<void> {
  if (io.isQuiet) return;
  const topFinding = summary.tally.total.calls === 0 ? await explainNoCalls(summary) : undefined;
  const next = nextCommand(outputs.files, outputs.recording?.path);
  const lines = renderSummary(summary, {
    isTerminal: io.stderr.isTerminal,
    hasColor: io.stderr.hasColor,
    columns: io.stderr.columns(),
    files: outputs.files,
    ...(next === undefined ? {} : { next }),
    ...(topFinding === undefined ? {} : { topFinding }),
  });
  io.stderr.writeSync(lines.join("\n") + "\n");
}

/** Writes reports, problems and the summary. Gives true when an output failed. */
export async function finishLive(
  { io }: Invocation,
  result: SessionResult,
  outputs: LiveOutputs,
  extra: Partial<RunSummary> = {},
): Promise<boolean> {
  const summary = { ...result.summary, ...extra };
  await outputs.reports.write(summary);
  const failures = toOutputFindings(summary);
  writeFindings(io.stderr, [...result.findings, ...failures]);
  await writeSummary(io, summary, outputs);
  return failures.length > 0;
}
