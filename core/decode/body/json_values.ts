/**
 * JSON lists and objects one after the other, with anything that is neither between them: the answers of Google's web
 * applications, which begin with `)]}'` so that no script can read them, and name the length of each list before it. The lengths
 * are not needed, and count differently from one service to the next.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259 for the values (read 2026-11-21)
 */
import type { BodyFormat } from "./body_format.ts";
import { firstVisibleByte } from "./json.ts";
import { SequenceParser } from "./sequence_parser.ts";
import { decodeUtf8 } from "./utf8_text.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;
const PREFIX = [0x29, 0x5d, 0x7d, 0x27];
/** Largest value; a longer one ends the reading. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

class JsonValuesParser extends SequenceParser {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  override push(bytes: Uint8Array, timeNs: number): void {
    if (this.isOver) return;
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#isInString) this.#inString(byte);
      else if (byte === BRACKET || byte === BRACE) {
        if (this.#depth++ === 0) start = at;
      } else if (this.#depth === 0) continue;
      else if (byte === QUOTE) this.#isInString = true;
      // Closing bracket and brace differ from the opening ones by two.
      else if ((byte === BRACKET + 2 || byte === BRACE + 2) && --this.#depth === 0) {
        this.sink.message({ text: decodeUtf8(this.carry.takeWith(bytes.subarray(start, at + 1))) }, timeNs);
        start = at + 1;
      }
    }
    if (this.#depth === 0) return;
    this.carry.push(bytes.subarray(start));
    if (this.carry.heldBytes > MAX_VALUE_BYTES) this.stop("limit");
  }

  override end(isComplete: boolean): void {
    if (isComplete && this.#depth > 0 && !this.isOver) this.sink.problem("cut");
    this.carry.clear();
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInString = false;
  }
}

/** JSON values behind `)]}'`. */
export const jsonValues: BodyFormat = {
  id: "json_values",
  summary: "JSON values one after the other, behind a prefix that keeps scripts out",
  stability: "experimental",
  specUrl: "https://www.rfc-editor.org/rfc/rfc8259",
  sniff(_contentType, firstBytes) {
    const at = firstBytes.indexOf(PREFIX[0] ?? 0);
    if (at < 0 || firstVisibleByte(firstBytes) !== PREFIX[0]) return 0;
    return PREFIX.every((byte, offset) => firstBytes[at + offset] === byte) ? 0.97 : 0;
  },
  createParser: (sink) => new JsonValuesParser(sink),
};
