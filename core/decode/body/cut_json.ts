/**
 * What is whole in a JSON document that was cut: the members of its root that were closed, and of a conversation that was being
 * sent the entries that were closed. Nothing of a value whose end is missing is given, so nothing is said that the whole document
 * might not say.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259 (read 2026-11-21)
 */

/** Lists whose entries stand for themselves; of every other list that was cut nothing is known, its length least of all. */
const KEPT_LISTS: ReadonlySet<string> = new Set([
  "messages",
  "contents",
  "input",
  "choices",
  "output",
  "candidates",
  "content",
]);

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Gives the whole part of a cut document as JSON text; undefined when no member of its root is whole, or the text begins no JSON
 * object. Reads the text once, whatever its depth.
 */
export function closeCutJson(text: string): string | undefined {
  const closed = new CutScan(text).run();
  if (closed === undefined) return undefined;
  try {
    JSON.parse(closed);
    return closed;
  } catch {
    return undefined;
  }
}

/** One pass over the text. */
class CutScan {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  /** The next string at the root is a key. */
  #isKey = false;
  #key = "";
  /** End of the last member of the root that is whole. */
  #rootEnd = 0;
  /** A kept list is open, and where its last whole entry ends; 0 when it has none. */
  #isInList = false;
  #listEnd = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): string | undefined {
    const text = this.#text;
    if (!/^\s*\{/.test(text)) return undefined;
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at);
      if (code === QUOTE) {
        if (!this.#string()) break;
      } else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#open(code);
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        if (this.#close(code)) return text.slice(0, this.#at + 1);
      } else if (code === COMMA && this.#depth === 1) this.#next();
    }
    if (this.#isInList && this.#listEnd > 0) return `${text.slice(0, this.#listEnd)}]}`;
    return this.#rootEnd === 0 ? undefined : `${text.slice(0, this.#rootEnd)}}`;
  }

  /** Goes to the end of a string; false when the text ends before it. */
  #string(): boolean {
    const start = this.#at + 1;
    const end = findStringEnd(this.#text, start);
    if (end < 0) return false;
    if (this.#depth === 1) {
      if (this.#isKey) this.#key = this.#text.slice(start, end);
      else this.#rootEnd = end + 1;
      this.#isKey = false;
    }
    this.#at = end;
    return true;
  }

  #open(code: number): void {
    if (this.#depth === 1) {
      this.#isInList = code === OPEN_LIST && KEPT_LISTS.has(this.#key);
      this.#listEnd = 0;
    }
    this.#depth++;
    if (this.#depth === 1) this.#isKey = true;
  }

  /** True: the document is whole after all. */
  #close(code: number): boolean {
    this.#depth--;
    if (this.#depth === 2 && this.#isInList && code === CLOSE_OBJECT) this.#listEnd = this.#at + 1;
    if (this.#depth !== 1) return this.#depth <= 0;
    this.#rootEnd = this.#at + 1;
    this.#isInList = false;
    return false;
  }

  /** Only what follows a number tells that it has no more digits. */
  #next(): void {
    this.#rootEnd = this.#at;
    this.#isKey = true;
  }
}

function findStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c && end - 1 - slashes >= start) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}
