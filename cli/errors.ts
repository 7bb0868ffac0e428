/** The one place where findings become text. */
import type { Finding, Severity } from "../core/model/finding.ts";
import type { OutputStream } from "./io.ts";
import { paint, type Style } from "./term/color.ts";
import { sanitize } from "./term/sanitize.ts";

const SEVERITY_STYLE: Record<Severity, Style> = { error: "red", warning: "yellow", info: "cyan" };

function renderHead(finding: Finding): string {
  const position = finding.position;
  const place = position === undefined ? "oisp" : `${position.file}:${position.line}:${position.column}`;
  const word = finding.severity === "error" ? "" : `${finding.severity}: `;
  return `${sanitize(place)}: ${word}${sanitize(finding.what)}`;
}

function renderDetail(label: string, text: string, hasColor: boolean): string {
  const lines = text.split("\n").map(sanitize);
  return `  ${paint(label, "dim", hasColor)}  ${" ".repeat(4 - label.length)}${lines.join("\n        ")}`;
}

/** Gives the lines of a finding for a person: what, then `why`, `try` and `code`. Every part is sanitised. */
export function renderFinding(finding: Finding, hasColor: boolean): string {
  const lines = [paint(renderHead(finding), SEVERITY_STYLE[finding.severity], hasColor)];
  if (finding.why !== undefined) lines.push(renderDetail("why", finding.why, hasColor));
  if (finding.fix !== undefined) lines.push(renderDetail("try", finding.fix, hasColor));
  lines.push(renderDetail("code", `${finding.code}   (oisp help ${finding.code})`, hasColor));
  return lines.join("\n");
}

/** Gives a finding as one line, for warnings beside running work and for logs. */
export function renderFindingLine(finding: Finding): string {
  const why = finding.why === undefined ? "" : ` (${sanitize(finding.why)})`;
  const fix = finding.fix === undefined ? "" : `; try: ${sanitize(finding.fix.split("\n")[0] ?? "")}`;
  return `${renderHead(finding)}${why}${fix} [${finding.code}]`;
}

/** Gives a finding as published JSON. */
export function toFindingJson(finding: Finding): Record<string, unknown> {
  const { code, severity, what, why, fix, position } = finding;
  return {
    code,
    severity,
    what,
    ...(why === undefined ? {} : { why }),
    ...(fix === undefined ? {} : { fix }),
    ...(position === undefined ? {} : { position }),
  };
}

/** Writes findings to stderr: problems in full, the rest as one line each. */
export function writeFindings(stderr: OutputStream, findings: readonly Finding[]): void {
  for (const finding of findings) {
    const text = finding.severity === "error" ? renderFinding(finding, stderr.hasColor) : renderFindingLine(finding);
    stderr.writeSync(text + "\n");
  }
}
