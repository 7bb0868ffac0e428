/** Findings of configuration files, each made in one place. Values are never quoted unless they come from a closed list. */
import type { Finding } from "../model/finding.ts";
import type { Position } from "./toml.ts";
import { findNearest } from "../model/nearest.ts";

/** Where findings of one file point to, and what they are collected in. */
export interface FindingSink {
  readonly file: string;
  readonly findings: Finding[];
}

/** Adds a finding. */
export function report(
  sink: FindingSink,
  code: string,
  position: Position | undefined,
  what: string,
  more: { why?: string; fix?: string; severity?: Finding["severity"] } = {},
): void {
  sink.findings.push({
    code,
    severity: more.severity ?? "error",
    what,
    ...(more.why === undefined ? {} : { why: more.why }),
    ...(more.fix === undefined ? {} : { fix: more.fix }),
    ...(position === undefined ? {} : { position: { file: sink.file, ...position } }),
  });
}

/** Reports a key or section that is not known, with the nearest one. */
export function reportUnknown(
  sink: FindingSink,
  position: Position,
  name: string,
  place: string,
  known: readonly string[],
): void {
  const nearest = findNearest(name, known);
  const where = place === "" ? "at the top of the file" : `in [${place}]`;
  report(sink, "OISP-CFG-002", position, `Cannot use "${name}": it is not known ${where}`, {
    ...(nearest === undefined ? {} : { why: `the nearest known name is "${nearest}"` }),
    fix: nearest === undefined ? `one of: ${known.join(", ")}` : `rename it to ${nearest}`,
  });
}

/** Gives what kind of value it is, in words; never the value of a text. */
export function describeKind(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return "a date";
  return Array.isArray(value) ? "a list" : "a table";
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  Array: "a list",
  Object: "a table",
  "!0": "a text that is not empty",
  '(boolean | "all")': 'true, false or "all"',
  "(string | Array)": "a text or a list",
};

/** Gives what a schema wants, in words. */
export function describeExpected(expected: string | null): string {
  if (expected === null) return "another value";
  const limit = /^([<>])=(-?\d+)$/.exec(expected);
  if (limit !== null) return `${limit[1] === ">" ? "at least" : "at most"} ${limit[2]}`;
  return EXPECTED[expected] ?? (expected === "" ? "a whole number" : expected);
}

/** Sorts findings by their place in the file; those without a place come last, in their order. */
export function sortFindings(findings: Finding[]): Finding[] {
  const order = (finding: Finding) =>
    finding.position === undefined ? Infinity : finding.position.line * 1e6 + finding.position.column;
  return findings.sort((a, b) => order(a) === order(b) ? 0 : order(a) - order(b));
}
