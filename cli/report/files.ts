import type { OutputFile } from "../../core/export/file_opener.ts";
import { type CallerFiles, openOutputFile, writeFully } from "../output/output_file.ts";
import { parseReportRequests } from "./request.ts";
import type { Report, RunSummary } from "./report.ts";

/** Reports that were asked for, their files open. */
export interface ReportFiles {
  /** Renders and writes every report, and closes the files. */
  write(summary: RunSummary): void;
}

const REPORT_FILE_MODE = 0o644;

/**
 * Opens the files of `--report` before anything starts, so that a wrong path is known at once.
 * @throws {FindingError} with exit code 64 or 73
 */
export async function openReports(
  texts: readonly string[],
  callerFiles: CallerFiles | undefined,
): Promise<ReportFiles> {
  const opened: { report: Report; file: OutputFile }[] = [];
  for (const { report, path } of parseReportRequests(texts)) {
    const options = { isAppended: false, mode: REPORT_FILE_MODE };
    opened.push({ report, file: await openOutputFile(path, options, callerFiles) });
  }
  return {
    write(summary) {
      for (const { report, file } of opened) {
        writeFully(file, report.render(summary));
        file.close();
      }
    },
  };
}
