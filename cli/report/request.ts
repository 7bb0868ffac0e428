import type { Finding } from "../../core/model/finding.ts";
import { findNearest } from "../../core/model/nearest.ts";
import { usageError } from "../usage.ts";
import { REPORTS } from "./registry.ts";
import type { Report } from "./report.ts";

/** A report that was asked for. */
export interface ReportRequest {
  readonly report: Report;
  readonly path: string;
}

const LATER_FORMATS = ["markdown", "junit", "html", "github", "sarif", "gitlab"];

function refuse(text: string): Finding {
  const format = text.split("=")[0] ?? "";
  const isLater = LATER_FORMATS.includes(format);
  const nearest = findNearest(format, REPORTS.map((report) => report.id));
  const isStdout = text.endsWith("=-");
  const reason = isLater ? "it is not in this version" : isStdout ? "a report goes to a file" : "FORMAT=FILE is wanted";
  return {
    code: isLater ? "OISP-CLI-010" : "OISP-CLI-007",
    severity: "error",
    what: `Cannot use --report ${JSON.stringify(text)}: ${reason}`,
    fix: `--report ${nearest ?? "json"}=FILE`,
  };
}

/** Reads the values of `--report`. @throws {FindingError} with every value that is no known format; exit code 64. */
export function parseReportRequests(texts: readonly string[]): ReportRequest[] {
  const problems: Finding[] = [];
  const requests: ReportRequest[] = [];
  for (const text of texts) {
    const at = text.indexOf("=");
    const report = REPORTS.find((entry) => entry.id === text.slice(0, at));
    const path = text.slice(at + 1);
    if (report === undefined || at < 0 || path === "" || path === "-") problems.push(refuse(text));
    else requests.push({ report, path });
  }
  if (problems.length > 0) throw usageError(...problems);
  return requests;
}
