/**
 * One text that arrives in pieces, and how much of it may be shown: never further than where a rule could still match across
 * the end.
 */
import { maskText, type Match, type Scanner, toMark } from "./scanner.ts";
import { LONGEST_PRIVATE_KEY } from "./rules/private_keys.ts";

/** Held back at least, in UTF-16 units: more than a match with spaces in it and the words before it that explain it. */
export const HELD_BACK = 640;
/** Shown text that later matches may look back at. */
const CONTEXT = 256;
/** A run without a space, or a block without an end, is held up to here; a longer one is hidden. */
const LONGEST_HELD = 2 * LONGEST_PRIVATE_KEY;
const NOT_IN_BLOCK = /[^A-Za-z0-9+/=_.\\\n\r-]/;

/** Text of one stream on its way out. */
export class StreamLane {
  /** Shown already, kept for looking back. */
  #context = "";
  /** Not shown yet. */
  #tail = "";
  /** Where hiding stops: set while the rest of something whose beginning was hidden, or never seen, is hidden. */
  #hiddenUntil: RegExp | undefined;
  readonly #scanner: Scanner;

  /** `isTorn`: pieces before the first one are missing, so its first word may be the end of a secret. */
  constructor(scanner: Scanner, isTorn: boolean) {
    this.#scanner = scanner;
    this.#hiddenUntil = isTorn ? /\s/ : undefined;
  }

  /** Adds a piece; gives masked text that may be shown now, possibly empty. */
  push(piece: string): string {
    this.#tail += this.#hiddenUntil === undefined ? piece : this.#hide(piece, this.#hiddenUntil);
    const text = this.#context + this.#tail;
    const matches = this.#scanner.scan(text);
    const shown = this.#release(text, matches, findSafeEnd(text, this.#context.length, matches));
    if (this.#tail.length <= LONGEST_HELD) return shown;
    this.#hiddenUntil = NOT_IN_BLOCK;
    this.#context = "";
    return shown + this.giveUp();
  }

  /** Gives the rest: no piece follows. */
  end(): string {
    const text = this.#context + this.#tail;
    return this.#release(text, this.#scanner.scan(text), text.length);
  }

  /** Gives what stands for the rest when more may follow that will not be seen together with it. */
  giveUp(): string {
    const hidden = this.#tail === "" ? "" : toMark("unfinished");
    this.#tail = "";
    return hidden;
  }

  #hide(piece: string, until: RegExp): string {
    const stop = piece.search(until);
    if (stop < 0) return "";
    this.#hiddenUntil = undefined;
    return piece.slice(stop);
  }

  #release(text: string, matches: readonly Match[], safeEnd: number): string {
    const shownUntil = this.#context.length;
    const shown = maskText(text.slice(shownUntil, safeEnd), moveMatches(matches, shownUntil, safeEnd));
    this.#context = text.slice(Math.max(0, safeEnd - CONTEXT), safeEnd);
    this.#tail = text.slice(safeEnd);
    return shown;
  }
}

/** The end of what may be shown: before the last `HELD_BACK` units, not inside a match, not inside a run without a space. */
function findSafeEnd(text: string, shownUntil: number, matches: readonly Match[]): number {
  let end = text.length - HELD_BACK;
  if (end <= shownUntil) return shownUntil;
  while (end > shownUntil && !/\s/.test(text.charAt(end - 1))) end--;
  for (let i = matches.length - 1; i >= 0; i--) {
    const match = matches[i];
    if (match !== undefined && match.start < end && end < match.end) end = match.start;
  }
  return Math.max(end, shownUntil);
}

/** The parts of matches in `[from, until)`, moved so that `from` is 0. */
function moveMatches(matches: readonly Match[], from: number, until: number): Match[] {
  const moved: Match[] = [];
  for (const match of matches) {
    if (match.end <= from || match.start >= until) continue;
    moved.push({ start: Math.max(0, match.start - from), end: Math.min(until, match.end) - from, rule: match.rule });
  }
  return moved;
}
