/**
 * Server-sent events. Deviates from the standard in one point: an event at the end of a complete body counts without its empty
 * line, because servers leave it out after the last event.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation (read 2026-11-21)
 */
import type { BodyFormat, BodyMessage, BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";
import { firstVisibleByte } from "./json.ts";
import { BOM, decodeUtf8 } from "./utf8_text.ts";

const LF = 10;
const CR = 13;
/** Largest single event; a longer one is dropped and reported. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024;

class SseParser implements BodyParser {
  readonly #sink: BodyMessageSink;
  /** Bytes of the event under way that came with earlier pieces. */
  readonly #carry = new ByteCarry();
  /** No byte of the current line was seen yet. */
  #isLineEmpty = true;
  /** The last byte was CR: an LF now belongs to the same line end. */
  #isAfterCr = false;
  /** After a gap or an event over the limit: everything up to the next empty line is dropped. */
  #isSkipping = false;
  #isAfterGap = false;
  #isFirst = true;

  constructor(sink: BodyMessageSink) {
    this.#sink = sink;
  }

  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  push(bytes: Uint8Array, timeNs: number): void {
    if (this.#isAfterGap) this.#resync(bytes);
    if (this.#isWhole(bytes)) {
      const text = decodeUtf8(bytes);
      if (!text.includes("\r")) return this.#wholeEvents(text, timeNs);
    }
    this.#pieces(bytes, timeNs);
  }

  gap(): void {
    this.#sink.problem("gap");
    this.#carry.clear();
    this.#isSkipping = this.#isAfterGap = true;
    this.#isLineEmpty = this.#isAfterCr = false;
  }

  end(isComplete: boolean, timeNs: number): void {
    if (isComplete && !this.#isSkipping) this.#dispatch(this.#carry.take(), timeNs);
    this.#carry.clear();
  }

  /** Servers send event by event: most pieces begin with an event and end with one. */
  #isWhole(bytes: Uint8Array): boolean {
    const { length } = bytes;
    return bytes[length - 1] === LF && bytes[length - 2] === LF && this.#isLineEmpty && !this.#isSkipping &&
      !this.#isAfterCr && this.#carry.heldBytes === 0;
  }

  /** Events without CR, to the last one's empty line: searching text is faster than looking at each byte. */
  #wholeEvents(text: string, timeNs: number): void {
    let at = this.#isFirst && text.startsWith(BOM) ? BOM.length : 0;
    this.#isFirst = false;
    while (at < text.length) {
      const end = text.indexOf("\n\n", at);
      // What is left after the last event is an empty line more.
      if (end < 0) return;
      const message = parseEvent(end + 2 === text.length && at === 0 ? text : text.slice(at, end));
      if (message !== undefined) this.#sink.message(message, timeNs);
      at = end + 2;
    }
  }

  /** Events that go over pieces, or have other line ends. */
  #pieces(bytes: Uint8Array, timeNs: number): void {
    let start = 0;
    let isLineEmpty = this.#isLineEmpty;
    let isAfterCr = this.#isAfterCr;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte !== LF && byte !== CR) {
        isLineEmpty = isAfterCr = false;
        continue;
      }
      if (byte === LF && isAfterCr) {
        isAfterCr = false;
        continue;
      }
      isAfterCr = byte === CR;
      if (isLineEmpty) {
        this.#event(bytes, start, at, timeNs);
        start = at + 1;
      }
      isLineEmpty = true;
    }
    this.#isLineEmpty = isLineEmpty;
    this.#isAfterCr = isAfterCr;
    if (start < bytes.length) this.#keep(start === 0 ? bytes : bytes.subarray(start));
  }

  #keep(bytes: Uint8Array): void {
    if (this.#isSkipping) return;
    this.#carry.push(bytes);
    if (this.#carry.heldBytes <= MAX_EVENT_BYTES) return;
    this.#sink.problem("limit");
    this.#carry.clear();
    this.#isSkipping = true;
  }

  #event(bytes: Uint8Array, start: number, end: number, timeNs: number): void {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return;
    }
    // An empty line directly after another: nothing to decode.
    if (end - start <= 1 && this.#carry.heldBytes === 0) {
      this.#isFirst = false;
      return;
    }
    const own = bytes.subarray(start, end);
    this.#dispatch(this.#carry.heldBytes === 0 ? own : this.#carry.takeWith(own), timeNs);
  }

  #dispatch(bytes: Uint8Array, timeNs: number): void {
    if (bytes.length === 0) return;
    let text = decodeUtf8(bytes);
    if (this.#isFirst && text.startsWith(BOM)) text = text.slice(1);
    this.#isFirst = false;
    const message = parseEvent(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
    if (message !== undefined) this.#sink.message(message, timeNs);
  }

  /** A piece that begins with a field name begins a line; it cannot be told from text only if it does not. */
  #resync(bytes: Uint8Array): void {
    this.#isAfterGap = false;
    const beginning = decodeUtf8(bytes.subarray(0, 6));
    if (beginning !== "data: " && beginning !== "event:") return;
    this.#isSkipping = false;
  }
}

/** Reads the lines of one event; undefined when it has no data. */
function parseEvent(text: string): BodyMessage | undefined {
  let name: string | undefined;
  let data: string | undefined;
  for (let at = 0; at < text.length;) {
    let end = text.indexOf("\n", at);
    if (end < 0) end = text.length;
    if (text.startsWith("data", at) && isFieldEnd(text, at + 4, end)) {
      const value = fieldValue(text, at + 4, end);
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (text.startsWith("event", at) && isFieldEnd(text, at + 5, end)) {
      name = fieldValue(text, at + 5, end);
    }
    at = end + 1;
  }
  if (data === undefined) return undefined;
  return name === undefined || name === "" ? { text: data } : { name, text: data };
}

function isFieldEnd(text: string, at: number, end: number): boolean {
  return at === end || text.charCodeAt(at) === 58;
}

function fieldValue(text: string, colon: number, end: number): string {
  if (colon === end) return "";
  return text.slice(text.charCodeAt(colon + 1) === 32 && colon + 1 < end ? colon + 2 : colon + 1, end);
}

/** First letters of the fields of a stream, of a comment, and of a byte order mark. */
const FIRST_LETTERS: ReadonlySet<number> = new Set([0x64, 0x65, 0x69, 0x72, 0x3a, 0xef]);
const BEGINNING = /^\ufeff?(?:data|event|id|retry)?:/;

/** No field of a stream begins like that. */
function isDocument(firstBytes: Uint8Array): boolean {
  const first = firstVisibleByte(firstBytes);
  return first === 0x7b || first === 0x5b;
}

/** Server-sent events. */
export const sse: BodyFormat = {
  id: "sse",
  summary: "server-sent events",
  stability: "stable",
  specUrl: "https://html.spec.whatwg.org/multipage/server-sent-events.html",
  sniff(contentType, firstBytes) {
    // Some servers announce a stream and then answer with a document, mostly an error's.
    if (contentType.startsWith("text/event-stream")) return isDocument(firstBytes) ? 0.1 : 1;
    // Asked for every JSON body, so the first letter is looked at before a text is made.
    if (!FIRST_LETTERS.has(firstBytes[0] ?? 0) || !BEGINNING.test(decodeUtf8(firstBytes.subarray(0, 9)))) return 0;
    // No JSON begins like that, whatever the content type says.
    return /^[^;]*[/+.-]json\s*(;|$)/.test(contentType) ? 0.96 : 0.6;
  },
  createParser: (sink) => new SseParser(sink),
};
