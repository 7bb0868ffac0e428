import type { Io } from "../io.ts";
import { type CallerFiles, openWholeFile } from "../output/output_file.ts";
import { openStreamOutput, writeToStream } from "../output/stream_output.ts";
import { parseReportRequests } from "./request.ts";
import type { Report, RunSummary } from "./report.ts";

/** Reports that were asked for, their files open. */
export interface ReportFiles {
  /** There are reports that can be written more than once. */
  readonly canUpdate: boolean;
  /** Writes what is known so far, where it can be replaced later. A file that cannot be written now is tried again at the end. */
  update(summary: RunSummary): void;
  /** Renders and writes every report, and closes the files. */
  write(summary: RunSummary): Promise<void>;
}

const REPORT_FILE_MODE = 0o644;

interface ReportTarget {
  readonly report: Report;
  /** Undefined for pipes and streams: what was written there cannot be taken back. */
  readonly update?: (text: string) => void;
  readonly finish: (text: string) => Promise<void>;
}

async function openTarget(
  report: Report,
  path: string,
  io: Io,
  callerFiles: CallerFiles | undefined,
): Promise<ReportTarget> {
  const stream = await openStreamOutput(path, io, callerFiles);
  if (stream !== undefined) {
    return { report, finish: (text) => writeToStream(stream, text).finally(() => stream.close()) };
  }
  const file = await openWholeFile(path, REPORT_FILE_MODE, callerFiles);
  return {
    report,
    update: (text) => file.replace(text),
    async finish(text) {
      await Promise.resolve();
      file.replace(text);
      file.close();
    },
  };
}

function tryUpdate({ report, update }: ReportTarget, summary: RunSummary): void {
  try {
    update?.(report.render(summary));
  } catch {
    // A disk that is full now may have room at the end; then it is told.
  }
}

/**
 * Opens the files of `--report` before anything starts, so that a wrong path is known at once.
 * @throws {FindingError} with exit code 64 or 73
 */
export async function openReports(
  texts: readonly string[],
  io: Io,
  callerFiles: CallerFiles | undefined,
): Promise<ReportFiles> {
  const targets: ReportTarget[] = [];
  for (const { report, path } of parseReportRequests(texts)) {
    targets.push(await openTarget(report, path, io, callerFiles));
  }
  return {
    canUpdate: targets.some(({ update }) => update !== undefined),
    update: (summary) => targets.forEach((target) => tryUpdate(target, summary)),
    async write(summary) {
      for (const { report, finish } of targets) await finish(report.render(summary));
    },
  };
}
