/**
 * Runs all rules over a text. In comes a text of whatever kind, out comes what to hide, in order, not overlapping, each with
 * the rule that found it.
 */
import { ContentMemo, type RememberedText } from "./content_memo.ts";
import { countUtf8Bytes, SHORTEST_HASHED_BYTES, type TextDigest, toSha256 } from "./digest.ts";
import { toFlatText } from "./flat_text.ts";
import type { RedactionRule, Span } from "./rule.ts";
import { needsNormalizing, type NormalizedText, normalizeText } from "./normalize.ts";
import { RULES } from "./registry.ts";
import { Subject } from "./subject.ts";

/** A part to hide and the rule that found it. */
export interface Match extends Span {
  readonly rule: RedactionRule;
}

/** No text shorter than this can hold anything that a rule looks for. */
const SHORTEST_TEXT = 6;
const NOTHING: readonly Match[] = [];

/** Names up to this length are remembered when they are clean, so many of them. */
const LONGEST_NAME = 96;
const MOST_NAMES = 4096;
/** Shorter texts are scanned again for each mode. */
const SHORTEST_SHARED = 64;
/** So many texts of an event are remembered while it lasts: its instructions come first, and again as `system_prompt`. */
const MOST_FIRST = 4;

/** One of the first texts of the current event. */
interface FirstText extends RememberedText {
  readonly text: string;
}

/** Finds what to hide in texts. */
export class Scanner {
  readonly #subject = new Subject();
  readonly #spans: Span[] = [];
  readonly #clean = new Map<string, string>();
  readonly #memo = new ContentMemo();
  /** The last text that was recalled: its digest is asked for next. */
  #recalled: RememberedText | undefined;
  #recalledText = "";
  readonly #first: FirstText[] = [];
  /** Texts of the current event, when several modes look at it. */
  readonly #current: Map<string, readonly Match[]> | undefined;

  /** `isShared`: several modes look at each event; a text that is scanned again before `forget` costs only a look-up. */
  constructor(isShared = false) {
    this.#current = isShared ? new Map() : undefined;
  }

  /** All matches of all rules, in order, overlapping ones merged; the shared empty list when there are none. */
  scan(text: string): readonly Match[] {
    if (text.length < SHORTEST_TEXT) return NOTHING;
    if (text.length < SHORTEST_SHARED) return this.#scan(text);
    const current = this.#current?.get(text);
    if (current !== undefined) return current;
    const matches = this.#recallOrScan(text);
    this.#current?.set(text, matches);
    return matches;
  }

  /** The matches of one rule alone, in order; what other rules find does not change them. */
  scanFor(rule: RedactionRule, text: string): readonly Match[] {
    return text.length < SHORTEST_TEXT ? NOTHING : this.#scan(text, [rule]);
  }

  /** The event is done: lets go of its texts. */
  forget(): void {
    this.#current?.clear();
    this.#first.length = 0;
    this.#recalled = undefined;
    this.#recalledText = "";
  }

  /** Gives a text's length and the hash of its masked form (see `toDigest`); `matches` are what `scan` gave for it. */
  digest(text: string, matches: readonly Match[]): TextDigest {
    const known = this.#recalled;
    if (known === undefined || known.matches !== matches || text !== this.#recalledText) return toDigest(text, matches);
    return known.digest ??= toDigest(text, matches);
  }

  /**
   * Gives a short text on one line as it may be shown when nothing is to hide in it, else undefined; names come again and
   * again, so the clean ones are remembered.
   */
  findClean(text: string): string | undefined {
    if (text.length < SHORTEST_TEXT) return text;
    if (text.length > LONGEST_NAME) return undefined;
    const known = this.#clean.get(text);
    if (known !== undefined) return known;
    if (text.includes("\n") || this.#scan(text).length > 0) return undefined;
    if (this.#clean.size >= MOST_NAMES) this.#clean.clear();
    const flat = toFlatText(text);
    this.#clean.set(flat, flat);
    return flat;
  }

  #recallOrScan(text: string): readonly Match[] {
    const recalled = this.#recall(text);
    if (recalled === undefined) return this.#scan(text);
    this.#recalled = recalled;
    this.#recalledText = text;
    return recalled.matches;
  }

  /** What is known of a text, or worth being remembered of it. */
  #recall(text: string): RememberedText | undefined {
    const first = this.#first.find((known) => known.text === text);
    if (first !== undefined) return first;
    if (this.#memo.isFamiliar(text)) return this.#memo.find(text) ?? this.#memo.keep(text, this.#scan(text));
    if (this.#first.length >= MOST_FIRST) return undefined;
    const remembered = { text, matches: this.#scan(text) };
    this.#first.push(remembered);
    return remembered;
  }

  #scan(text: string, rules = RULES): readonly Match[] {
    const found = this.#scanPlain(text, rules);
    const { isBare } = this.#subject;
    this.#subject.reset("");
    if (!needsNormalizing(text, isBare)) return found.length === 0 ? NOTHING : mergeMatches(found);
    const normalized = normalizeText(text);
    for (const match of this.#scanPlain(normalized.text, rules)) found.push(toOriginal(match, normalized));
    this.#subject.reset("");
    return found.length === 0 ? NOTHING : mergeMatches(found);
  }

  #scanPlain(text: string, rules: readonly RedactionRule[]): Match[] {
    const found: Match[] = [];
    const subject = this.#subject;
    subject.reset(text);
    for (const rule of rules) {
      rule.find(subject, this.#spans);
      if (this.#spans.length === 0) continue;
      for (const span of this.#spans) found.push({ start: span.start, end: span.end, rule });
      this.#spans.length = 0;
    }
    return found;
  }
}

/** Gives the text with each match replaced by `[REDACTED:<rule>]`. */
export function maskText(text: string, matches: readonly Match[]): string {
  if (matches.length === 0) return text;
  const parts: string[] = [];
  let copied = 0;
  for (const match of matches) {
    parts.push(text.slice(copied, match.start), toMark(match.rule.id));
    copied = match.end;
  }
  parts.push(text.slice(copied));
  return parts.join("");
}

/** Gives a text's length and, from 32 bytes on, the SHA-256 of its masked form. */
export function toDigest(text: string, matches: readonly Match[]): TextDigest {
  const length = countUtf8Bytes(text);
  if (length < SHORTEST_HASHED_BYTES) return { content_length: length };
  return { content_length: length, content_hash: ["sha256:", toSha256(maskText(text, matches))].join("") };
}

/** What stands in place of a match. */
export function toMark(ruleId: string): string {
  return `[REDACTED:${ruleId}]`;
}

function toOriginal(match: Match, normalized: NormalizedText): Match {
  const start = normalized.origins[match.start] ?? 0;
  // The last unit may stand for a longer escape, so the end is where the next unit begins.
  return { start, end: normalized.origins[match.end] ?? start, rule: match.rule };
}

/** Sorts matches; overlapping ones become one that covers all of them and is named after the rule registered first. */
export function mergeMatches(found: Match[]): readonly Match[] {
  if (found.length < 2) return found;
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Match[] = [];
  for (const match of found) {
    const last = merged.at(-1);
    if (last === undefined || match.start >= last.end) merged.push(match);
    else merged[merged.length - 1] = joinMatches(last, match);
  }
  return merged;
}

function joinMatches(a: Match, b: Match): Match {
  const rule = RULES.indexOf(b.rule) < RULES.indexOf(a.rule) ? b.rule : a.rule;
  return { start: a.start, end: Math.max(a.end, b.end), rule };
}
