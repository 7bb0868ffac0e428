/**
 * A text under the scanner, with the landmarks that rules start from. Each landmark is found once, on first use, by a search
 * that is native or skips ahead, so that ordinary prose costs about a nanosecond per character for all rules together.
 */

import { findSecretName } from "./secret_name_memo.ts";
import type { SecretName } from "./rules/secret_names.ts";

/** Shortest run of key characters that is looked at as a possible key. */
export const LONG_RUN = 20;

const NONE: readonly number[] = [];
const KEY_CHARACTER = 1;
const NEWLINE = 10;

/** 1 for `A-Z a-z 0-9 _ -` and for the newline, by which decoders join the parts of a message. */
const RUN_TABLE = buildRunTable();

/** Digits that may be a number to call, to pay with or to be known by; separators between them are few. */
const DIGITS = /\d(?:[ ()./+-]{0,3}\d){6,200}/g;
/** A digit, or a character that `normalize.ts` resolves: one look for both, since most prose holds neither. */
const DIGIT_OR_DISGUISE = /[\d\u00ad\u200b-\u200f\u2060\ufeff\uff01-\uff5e]/;
/** Longest stretch around a long run that is looked at in either direction. */
const LONGEST_WORD_PART = 16 * 1024;
const LONGEST_NAME = 64;
/** What stands where something was hidden already ends in a rule's name, which is not a name here. */
const MARK = "[REDACTED:";

/** A name that may stand for a secret, and what stands right of its `=` or `:`. */
export interface Assignment {
  readonly kind: SecretName;
  readonly nameStart: number;
  readonly name: string;
  /** Position after the separator; spaces and quotes are not skipped. */
  readonly afterSeparator: number;
}

/** One text under the scanner. Reused: `reset` gives it the next text. */
export class Subject {
  /** The text. */
  text = "";
  #runs: readonly number[] | undefined;
  #assignments: Assignment[] | undefined;
  #digits: readonly number[] | undefined;
  #words: readonly number[] | undefined;
  #isBare: boolean | undefined;

  /** Starts over with another text. */
  reset(text: string): void {
    this.text = text;
    this.#runs = undefined;
    this.#assignments = undefined;
    this.#digits = undefined;
    this.#words = undefined;
    this.#isBare = undefined;
  }

  /** The text holds no digit and no invisible or full-width character. */
  get isBare(): boolean {
    return this.#isBare ??= !DIGIT_OR_DISGUISE.test(this.text);
  }

  /** Starts and ends, alternating, of all runs of at least `LONG_RUN` key characters or newlines. */
  get longRuns(): readonly number[] {
    return this.#runs ??= findLongRuns(this.text);
  }

  /** Starts and ends of the words that hold a long run: all around it up to a space or a quote. */
  get longWords(): readonly number[] {
    return this.#words ??= findLongWords(this.text, this.longRuns);
  }

  /** All places where a name that may stand for a secret, or a parameter of a URL, is followed by `=` or `:`. */
  get assignments(): readonly Assignment[] {
    return this.#assignments ??= findAssignments(this.text);
  }

  /** Starts and ends of all stretches of at least seven digits with few separators: cards, accounts, phone numbers. */
  get digitStretches(): readonly number[] {
    return this.#digits ??= this.isBare ? NONE : findDigits(this.text);
  }
}

function buildRunTable(): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    if (/[A-Za-z0-9_-]/.test(String.fromCharCode(code)) || code === NEWLINE) table[code] = KEY_CHARACTER;
  }
  return table;
}

function isRunCharacter(code: number): boolean {
  return code < 128 && RUN_TABLE[code] === KEY_CHARACTER;
}

/** Looks at every 20th character and walks back only where that one may belong to a run. */
function findLongRuns(text: string): number[] {
  const runs: number[] = [];
  const length = text.length;
  let from = 0;
  while (from + LONG_RUN <= length) {
    let at = from + LONG_RUN - 1;
    while (at >= from && isRunCharacter(text.charCodeAt(at))) at--;
    if (at >= from) {
      from = at + 1;
      continue;
    }
    let end = from + LONG_RUN;
    while (end < length && isRunCharacter(text.charCodeAt(end))) end++;
    runs.push(from, end);
    from = end + 1;
  }
  return runs;
}

function findLongWords(text: string, runs: readonly number[]): readonly number[] {
  if (runs.length === 0) return NONE;
  const words: number[] = [];
  let done = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    let start = runs[i] ?? 0;
    let end = runs[i + 1] ?? 0;
    if (end <= done) continue;
    const lowest = Math.max(done, start - LONGEST_WORD_PART);
    const highest = Math.min(text.length, end + LONGEST_WORD_PART);
    while (start > lowest && isWordCharacter(text.charCodeAt(start - 1))) start--;
    while (end < highest && isWordCharacter(text.charCodeAt(end))) end++;
    words.push(start, end);
    done = end;
  }
  return words;
}

function isWordCharacter(code: number): boolean {
  return code > 32 && code !== 34 && code !== 39 && code !== 96;
}

function findDigits(text: string): readonly number[] {
  DIGITS.lastIndex = 0;
  let match = DIGITS.exec(text);
  if (match === null) return NONE;
  const found: number[] = [];
  for (; match !== null; match = DIGITS.exec(text)) found.push(match.index, match.index + match[0].length);
  return found;
}

function findAssignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  let equals = text.indexOf("=");
  let colon = text.indexOf(":");
  while (equals >= 0 || colon >= 0) {
    const isEquals = colon < 0 || (equals >= 0 && equals < colon);
    const at = isEquals ? equals : colon;
    const assignment = readAssignment(text, at);
    if (assignment !== undefined) found.push(assignment);
    if (isEquals) equals = text.indexOf("=", at + 1);
    else colon = text.indexOf(":", at + 1);
  }
  return found;
}

function readAssignment(text: string, at: number): Assignment | undefined {
  let nameEnd = at;
  while (nameEnd > 0 && at - nameEnd < 8 && isNameEnding(text.charCodeAt(nameEnd - 1))) nameEnd--;
  let nameStart = nameEnd;
  const lowest = Math.max(0, nameEnd - LONGEST_NAME);
  while (nameStart > lowest && isNameCharacter(text.charCodeAt(nameStart - 1))) nameStart--;
  if (nameEnd - nameStart < 2) return undefined;
  if (text.startsWith(MARK, nameStart - MARK.length)) return undefined;
  const name = text.slice(nameStart, nameEnd);
  const kind = findSecretName(name);
  if (kind === "none") return undefined;
  return { kind, nameStart, name, afterSeparator: at + 1 };
}

/** Space, quotes, backslash, `]` and the first characters of `:=` and `!=` may stand between a name and its separator. */
function isNameEnding(code: number): boolean {
  return code === 32 || code === 34 || code === 39 || code === 92 || code === 93 || code === 96 || code === 58 ||
    code === 33 || code === 63;
}

function isNameCharacter(code: number): boolean {
  return code === 45 || code === 46 || code === 95 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122);
}
