/**
 * Remembers what was found in texts that come again. Agents send their whole conversation with every request, so most of a long
 * prompt was scanned and hashed before. A text is kept when it is seen for the second time: one that never comes again costs a
 * few look-ups, and is not held.
 */
import type { Match } from "./scanner.ts";
import type { TextDigest } from "./digest.ts";

/** What is known of a text. */
export interface RememberedText {
  readonly matches: readonly Match[];
  digest?: TextDigest;
}

/** Shorter texts are scanned as fast as they are looked up. */
const SHORTEST = 256;
/** Texts held, in UTF-16 units all together; the oldest go first. */
const MOST_UNITS = 4 * 1024 * 1024;
/** A single text may take this part of it. */
const LONGEST = MOST_UNITS / 8;
const SLOTS = 1 << 14;
const SAMPLES = 12;

/** Texts seen more than once, and what was found in them. */
export class ContentMemo {
  readonly #seen = new Uint32Array(SLOTS);
  readonly #texts = new Map<string, RememberedText>();
  #units = 0;

  /** Whether a text may be known or is worth keeping: one like it was seen before. Remembers that it was seen. */
  isFamiliar(text: string): boolean {
    return text.length >= SHORTEST && text.length <= LONGEST && this.#wasSeen(text);
  }

  /** What is known of a familiar text; undefined when nothing is. */
  find(text: string): RememberedText | undefined {
    return this.#texts.get(text);
  }

  /** Keeps what was found in a familiar text. */
  keep(text: string, matches: readonly Match[]): RememberedText {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const remembered: RememberedText = { matches };
    this.#texts.set(text, remembered);
    this.#units += text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#units <= MOST_UNITS) break;
      this.#texts.delete(oldest);
      this.#units -= oldest.length;
    }
    return remembered;
  }

  /** Two texts with the same few characters at the same places are taken for one here; it only decides what is kept. */
  #wasSeen(text: string): boolean {
    let mark = text.length;
    const step = (text.length / SAMPLES) | 0;
    for (let i = 1; i <= SAMPLES; i++) mark = (Math.imul(mark, 31) + text.charCodeAt(i * step - 1)) | 0;
    mark >>>= 0;
    const slot = (mark ^ (mark >>> 14)) & (SLOTS - 1);
    const wasSeen = this.#seen[slot] === mark;
    this.#seen[slot] = mark;
    return wasSeen;
  }
}
