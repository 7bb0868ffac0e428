/** The end of `run` and `record`: reports, problems, summary. */
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

async function writeSummary(io: Io, summary: RunSummary, outputs: LiveOutputs): Promise<void> {
  if (io.isQuiet) return;
  const topFinding = summary.tally.total.calls === 0 ? await findTopFinding() : undefined;
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
  outputs.reports.write(summary);
  const failures = toOutputFindings(summary);
  writeFindings(io.stderr, [...result.findings, ...failures]);
  await writeSummary(io, summary, outputs);
  return failures.length > 0;
}
