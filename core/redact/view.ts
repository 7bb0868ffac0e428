/**
 * How one mode shows what the walk finds. A view decides replacements only; what is scanned, and how a field is classed, is
 * the same for all of them.
 */
import type { RedactionMode } from "../model/oisp_event.ts";
import type { Tally } from "./tally.ts";
import { maskText, type Match, type Scanner, toDigest } from "./scanner.ts";
import { countUtf8Bytes, type TextDigest } from "./digest.ts";

/** A JSON object under construction. */
export type JsonObject = { [key: string]: unknown };

/** Free text up to this many bytes, on one line, stays readable in `safe`. */
export const LONGEST_FREE_TEXT = 256;
/** Names, paths and addresses up to this many units stay readable in `safe`. */
const LONGEST_WORD = 4096;
const MARK = "[REDACTED]";

/** Replacement rules of one mode. `matches` are what the scanner found in `text`. */
export interface View {
  readonly mode: RedactionMode;
  /** Copies of frozen objects, which many events share. */
  readonly shared: WeakMap<object, { readonly copy: JsonObject; readonly tally: Tally }>;
  /** A name, id, path or address. */
  word(text: string, matches: readonly Match[]): string;
  /** Free text of this program's or the vendor's making: errors, titles, arguments of a command. */
  text(text: string, matches: readonly Match[]): string | TextDigest;
  /** Free text of the conversation's making: texts in tool arguments and results. */
  leaf(text: string, matches: readonly Match[], scanner: Scanner): string | TextDigest;
  /** Puts a message's content into its message; gives the hash it put, if any. */
  content(message: JsonObject, text: string, matches: readonly Match[], scanner: Scanner): string | undefined;
  /** A model's reasoning: content whatever its length. */
  thought(text: string, matches: readonly Match[], scanner: Scanner): string | TextDigest;
  /** Puts a piece of a streamed message. */
  delta(delta: JsonObject, text: string, matches: readonly Match[]): void;
  /** A piece of streamed tool arguments. */
  fragment(text: string, matches: readonly Match[]): string | TextDigest;
  /** Puts the system prompt into the event's data. */
  systemPrompt(data: JsonObject, text: string, matches: readonly Match[], scanner: Scanner): void;
}

function isShortLine(text: string): boolean {
  if (text.length > LONGEST_FREE_TEXT || text.includes("\n") || text.includes("\r")) return false;
  return text.length * 3 <= LONGEST_FREE_TEXT || countUtf8Bytes(text) <= LONGEST_FREE_TEXT;
}

const WORD = /^["'(“«]?\p{L}[\p{L}'’-]*[.,;:!?"')”»…]*$/u;
const SPACES = /\s+/;
/** Plain words that make prose. */
const FEWEST_WORDS = 4;
/** Scripts written without spaces: this many letters in a row are a sentence. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]{8}/u;

/**
 * Whether a text reads like prose: four plain words in a row, or four among at most three times as many parts. A command with
 * four plain words is hidden as well: what an agent was told weighs more than what it typed.
 */
export function looksLikeProse(text: string): boolean {
  if (text.length < 10) return false;
  if (UNSPACED.test(text)) return true;
  const parts = text.trim().split(SPACES);
  if (parts.length < FEWEST_WORDS) return false;
  let words = 0;
  let run = 0;
  for (const part of parts) {
    run = WORD.test(part) ? run + 1 : 0;
    if (run >= FEWEST_WORDS) return true;
    if (run > 0) words++;
  }
  return words >= FEWEST_WORDS && words * 3 >= parts.length;
}

const safe: View = {
  mode: "safe",
  shared: new WeakMap(),
  word(text, matches) {
    const masked = maskText(text, matches);
    return masked.length > LONGEST_WORD || masked.includes("\n") ? "[REDACTED:long_text]" : masked;
  },
  text(text, matches) {
    return isShortLine(text) ? maskText(text, matches) : toDigest(text, matches);
  },
  leaf(text, matches, scanner) {
    return isShortLine(text) && !looksLikeProse(text) ? maskText(text, matches) : scanner.digest(text, matches);
  },
  content(message, text, matches, scanner) {
    const digest = scanner.digest(text, matches);
    message.content_length = digest.content_length;
    if (digest.content_hash !== undefined) message.content_hash = digest.content_hash;
    return digest.content_hash;
  },
  thought: (text, matches, scanner) => scanner.digest(text, matches),
  delta(delta, text) {
    delta.content_length = countUtf8Bytes(text);
  },
  fragment(text) {
    return { content_length: countUtf8Bytes(text) };
  },
  systemPrompt(data, text, matches, scanner) {
    const digest = scanner.digest(text, matches);
    if (digest.content_hash === undefined) data.system_prompt = digest;
    else data.system_prompt_hash = digest.content_hash;
  },
};

const masked: View = {
  mode: "masked",
  shared: new WeakMap(),
  word: maskText,
  text: maskText,
  leaf: maskText,
  content(message, text, matches) {
    message.content = maskText(text, matches);
    return undefined;
  },
  thought: maskText,
  delta(delta, text, matches) {
    delta.content = maskText(text, matches);
  },
  fragment: maskText,
  systemPrompt(data, text, matches, scanner) {
    data.system_prompt = maskText(text, matches);
    putPromptHash(data, text, matches, scanner);
  },
};

const full: View = {
  mode: "full",
  shared: new WeakMap(),
  word: asIs,
  text: asIs,
  leaf: asIs,
  content(message, text) {
    message.content = text;
    return undefined;
  },
  thought: asIs,
  delta(delta, text) {
    delta.content = text;
  },
  fragment: asIs,
  systemPrompt(data, text, matches, scanner) {
    data.system_prompt = text;
    putPromptHash(data, text, matches, scanner);
  },
};

const minimal: View = {
  mode: "minimal",
  shared: new WeakMap(),
  word: safe.word,
  text: hide,
  leaf: hide,
  content(message) {
    message.content = MARK;
    return undefined;
  },
  thought: hide,
  delta(delta) {
    delta.content = MARK;
  },
  fragment: hide,
  systemPrompt(data) {
    data.system_prompt = MARK;
  },
};

function asIs(text: string): string {
  return text;
}

function hide(): string {
  return MARK;
}

function putPromptHash(data: JsonObject, text: string, matches: readonly Match[], scanner: Scanner): void {
  const hash = scanner.digest(text, matches).content_hash;
  if (hash !== undefined) data.system_prompt_hash = hash;
}

/** The view of each mode. */
export const VIEWS: Readonly<Record<RedactionMode, View>> = { safe, masked, full, minimal };
