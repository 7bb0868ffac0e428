/** The one place where findings become text. */
import type { Finding, Severity } from "../core/model/finding.ts";
import type { OutputStream } from "./io.ts";
import { paint, type Style } from "./term/color.ts";
import { sanitize } from "./term/sanitize.ts";

let mask: ((text: string) => string) | undefined;

/**
 * Loads what masks secrets and personal data in findings: an argument, a path or the words of the system may hold some. Loaded
 * before a finding with such words is printed, and not at every start, because `oisp --help` shall be fast.
 */
export async function loadMask(): Promise<void> {
  if (mask !== undefined) return;
  const { createRedactor } = await import("../core/redact/redactor.ts");
  const redactor = createRedactor({ modes: ["masked"] });
  mask = (text) => redactor.redactText(text);
}

/** Gives a finding without secrets and personal data in its sentences. */
function toMasked(finding: Finding): Finding {
  if (mask === undefined) return finding;
  const { what, why, fix } = finding;
  return {
    ...finding,
    what: mask(what),
    ...(why === undefined ? {} : { why: mask(why) }),
    ...(fix === undefined ? {} : { fix: mask(fix) }),
  };
}

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
export function renderFinding(original: Finding, hasColor: boolean): string {
  const finding = toMasked(original);
  const lines = [paint(renderHead(finding), SEVERITY_STYLE[finding.severity], hasColor)];
  if (finding.why !== undefined) lines.push(renderDetail("why", finding.why, hasColor));
  if (finding.fix !== undefined) lines.push(renderDetail("try", finding.fix, hasColor));
  lines.push(renderDetail("code", `${finding.code}   (oisp help ${finding.code})`, hasColor));
  return lines.join("\n");
}

/** Gives a finding as one line, for warnings beside running work and for logs. */
export function renderFindingLine(original: Finding): string {
  const finding = toMasked(original);
  const why = finding.why === undefined ? "" : ` (${sanitize(finding.why)})`;
  const fix = finding.fix === undefined ? "" : `; try: ${sanitize(finding.fix.split("\n")[0] ?? "")}`;
  return `${renderHead(finding)}${why}${fix} [${finding.code}]`;
}

/** Gives a finding as published JSON. */
export function toFindingJson(finding: Finding): Record<string, unknown> {
  const { code, severity, what, why, fix, position } = toMasked(finding);
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
