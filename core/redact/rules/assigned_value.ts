import type { Span } from "../rule.ts";

/** Longest value that is hidden, in UTF-16 units. */
export const LONGEST_VALUE = 4096;
/** The same without quotes: unquoted secrets are short, and a limit keeps hostile texts cheap. */
const LONGEST_BARE_VALUE = 1024;

/** What stands right of a `=` or `:`. */
export interface AssignedValue extends Span {
  readonly isQuoted: boolean;
  /** Nothing stands between separator and value. */
  readonly isTight: boolean;
}

const VALUE_STOPS = /[\s"'`,;&)}\]<>|\\]/;
const STOP_TABLE = buildStopTable();

function buildStopTable(): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code++) table[code] = VALUE_STOPS.test(String.fromCharCode(code)) ? 1 : 0;
  return table;
}

/**
 * Gives the value that begins after a separator: spaces, a second separator character (`=>`, `:=`, `==`), quotes (also
 * escaped ones, as in JSON inside JSON) and `Some(`-like brackets are skipped. Undefined when nothing follows on the line.
 */
export function readAssignedValue(text: string, afterSeparator: number): AssignedValue | undefined {
  let start = afterSeparator;
  while (start < text.length && start - afterSeparator < 12 && isBeforeValue(text.charCodeAt(start))) start++;
  let quote = start;
  while (text.charCodeAt(quote) === 92) quote++;
  const isQuoted = isQuote(text.charCodeAt(quote));
  const slashes = quote - start;
  if (isQuoted) start = quote + 1;
  const end = isQuoted ? findQuotedEnd(text, start, text.charCodeAt(quote), slashes) : findBareEnd(text, start);
  if (end <= start) return undefined;
  return { start, end, isQuoted, isTight: !isQuoted && start === afterSeparator };
}

/** Gives the end of the rest of the line, or of the quoted text it stands in. */
export function findLineEnd(text: string, from: number): number {
  let end = from;
  const limit = Math.min(text.length, from + LONGEST_VALUE);
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (code === 10 || code === 13 || code === 34 || code === 39 || code === 92 || code === 96) break;
    end++;
  }
  return end;
}

function isBeforeValue(code: number): boolean {
  return code === 32 || code === 9 || code === 61 || code === 62 || code === 58;
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

/** A quote behind fewer or more backslashes than the opening one belongs to the value. */
function findQuotedEnd(text: string, start: number, quote: number, slashes: number): number {
  const limit = Math.min(text.length, start + LONGEST_VALUE);
  let run = 0;
  for (let at = start; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) return at;
    if (code === 92) {
      run++;
      continue;
    }
    if (code === quote && run === slashes) return at - slashes;
    if (code === quote && run < slashes) return at - run;
    run = 0;
  }
  return limit;
}

function findBareEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_BARE_VALUE);
  let at = start;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code < 128 && STOP_TABLE[code] === 1) break;
    at++;
  }
  return at;
}
