/**
 * The one filter language: `type:ai.response and (tokens>1000 or cost>$0.01) and not model:gpt-4o*`.
 *
 * @module
 */
import type { Finding } from "../model/finding.ts";
import { compile } from "./compile.ts";
import type { Problem } from "./expression.ts";
import { isProblem, readExpression } from "./read_expression.ts";

/** An expression that was read and checked. */
export interface EventFilter {
  /** As it was written. */
  readonly text: string;
  /** True for events that match: redacted ones, or JSON that may be one. Never throws; changes nothing. */
  matches(event: object): boolean;
}

/** A filter, or everything that is wrong with it. */
export type ParsedFilter =
  | { readonly filter: EventFilter }
  | { readonly findings: readonly Finding[] };

/**
 * Reads an expression. All names and values that do not fit are reported at once; when it cannot be read, the first place is.
 *
 * @param origin where it stands, for messages and positions: `--filter`, or the key of a configuration
 */
export function parseFilter(text: string, origin: string): ParsedFilter {
  const expression = readExpression(text);
  if (isProblem(expression)) return { findings: [toFinding(expression, text, origin)] };
  const problems: Problem[] = [];
  const matches = compile(expression, problems);
  if (problems.length > 0) return { findings: problems.map((problem) => toFinding(problem, text, origin)) };
  return { filter: { text, matches } };
}

/** A longer line is not shown; the word in question is, whole, so that what hides secrets in messages sees all of them. */
const SHOWN_CHARACTERS = 120;

function toFinding({ code, at, what, fix }: Problem, text: string, origin: string): Finding {
  const before = text.slice(0, at).split("\n");
  const lineStart = at - (before.at(-1)?.length ?? 0);
  const line = text.slice(lineStart).split("\n")[0] ?? "";
  // A column is a character, also where the runtime counts two.
  const column = [...text.slice(lineStart, at)].length + 1;
  return {
    code,
    severity: "error",
    what: `Cannot filter events: ${what}`,
    why: line.length <= SHOWN_CHARACTERS
      ? `${line.replaceAll("\t", " ")}\n${" ".repeat(column - 1)}^`
      : `near ${JSON.stringify(findWord(line, at - lineStart))}`,
    fix,
    position: { file: origin, line: before.length, column },
  };
}

/** The text between spaces at a place. */
function findWord(line: string, at: number): string {
  const start = line.slice(0, at).search(/\S*$/);
  return line.slice(start).split(/\s/)[0] ?? "";
}

/** Joins filters: an event matches when it matches each of them. */
export function allOf(filters: readonly EventFilter[]): EventFilter {
  const [only] = filters;
  if (filters.length === 1 && only !== undefined) return only;
  return {
    text: filters.map(({ text }) => `(${text})`).join(" and "),
    matches: (event) => filters.every((filter) => filter.matches(event)),
  };
}
