/**
 * A JSON array whose elements arrive one by one (Gemini without `alt=sse`): one message an element. The elements' own grammar is
 * not checked here; whoever parses the text does.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-5 (read 2026-11-21)
 */
import type { BodyFormat } from "./body_format.ts";
import { firstVisibleByte } from "./json.ts";
import { SequenceParser } from "./sequence_parser.ts";
import { decodeUtf8 } from "./utf8_text.ts";

const BRACKET = 0x5b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** Largest element; a longer one ends the reading. */
const MAX_ELEMENT_BYTES = 64 * 1024 * 1024;

class JsonArrayParser extends SequenceParser {
  /** Open brackets; elements stand at depth 1. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  override push(bytes: Uint8Array, timeNs: number): void {
    if (this.isOver) return;
    let start = 0;
    for (let at = 0; at < bytes.length && !this.isOver; at++) {
      if (this.#isInString) {
        at = this.#stringEnd(bytes, at);
        continue;
      }
      const byte = bytes[at] as number;
      if (this.#depth === 0) {
        if (byte === BRACKET) {
          this.#depth = 1;
          start = at + 1;
        } else if (!isBlankOrMark(byte)) this.stop("framing");
        continue;
      }
      // Bracket and brace differ only in one bit of their codes; which of them it is matters to the element's reader only.
      const folded = byte | 0x20;
      if (byte === QUOTE) this.#isInString = true;
      else if (folded === 0x7b) this.#depth++;
      else if (folded === 0x7d && --this.#depth <= 0) {
        this.#element(bytes.subarray(start, at), timeNs);
        this.isOver = true;
      } else if (byte === COMMA && this.#depth === 1) {
        this.#element(bytes.subarray(start, at), timeNs);
        start = at + 1;
      }
    }
    if (this.isOver || start >= bytes.length || this.#depth === 0) return;
    this.carry.push(bytes.subarray(start));
    if (this.carry.heldBytes > MAX_ELEMENT_BYTES) this.stop("limit");
  }

  override end(isComplete: boolean): void {
    if (isComplete && !this.isOver) this.sink.problem("cut");
    this.carry.clear();
  }

  /** Gives the index of the quote that ends the string, or of the last byte. */
  #stringEnd(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#isInString = false;
        return at;
      }
    }
    return bytes.length;
  }

  #element(own: Uint8Array, timeNs: number): void {
    const text = decodeUtf8(this.carry.takeWith(own)).trim();
    if (text !== "") this.sink.message({ text }, timeNs);
  }
}

/** White space, or a byte of a byte order mark. */
function isBlankOrMark(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

/** Content types of senders that do not care. */
const SAYS_LITTLE = /^(?:$|text\/plain|application\/octet-stream)/;

/** JSON arrays, one message an element. */
export const jsonArray: BodyFormat = {
  id: "json_array",
  summary: "a JSON array, one message an element",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc8259#section-5",
  sniff(contentType, firstBytes) {
    if (firstVisibleByte(firstBytes) !== 0x5b) return 0;
    return /^[^;]*[/+.-]json\s*(;|$)/.test(contentType) ? 0.95 : SAYS_LITTLE.test(contentType) ? 0.55 : 0;
  },
  createParser: (sink) => new JsonArrayParser(sink),
};
