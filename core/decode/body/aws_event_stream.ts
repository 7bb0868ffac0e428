/**
 * AWS event stream: binary frames with typed headers and two checksums (Bedrock streams).
 *
 * @see https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html (read 2026-11-21)
 */
import { crc32 } from "node:zlib";
import type { BodyFormat, BodyMessage, BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";
import { decodeUtf8 } from "./utf8_text.ts";

/** Total length, length of headers, and their checksum. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
/** Largest frame that is believed; the services send at most 16 MiB. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;

/** Content type of frames that carry the bytes of another stream. */
const PARTS_TYPE = "application/octet-stream";

class EventStreamParser implements BodyParser {
  readonly #sink: BodyMessageSink;
  readonly #carry = new ByteCarry();
  /** Looks for the next place whose prelude checksum is right. */
  #isSeeking = false;

  constructor(sink: BodyMessageSink) {
    this.#sink = sink;
  }

  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  push(bytes: Uint8Array, timeNs: number): void {
    const own = this.#carry.heldBytes === 0;
    if (!own) this.#carry.push(bytes);
    const input = own ? bytes : this.#carry.peek();
    const used = this.#frames(input, timeNs);
    if (!own) this.#carry.drop(used);
    else if (used < bytes.length) this.#carry.push(bytes.subarray(used));
  }

  gap(): void {
    this.#sink.problem("gap");
    this.#carry.clear();
    this.#isSeeking = true;
  }

  end(isComplete: boolean): void {
    if (isComplete && this.#carry.heldBytes > 0 && !this.#isSeeking) this.#sink.problem("cut");
    this.#carry.clear();
  }

  /** Reads the whole frames in `input`; gives how many bytes are done with. */
  #frames(input: Uint8Array, timeNs: number): number {
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    let at = 0;
    while (input.length - at >= PRELUDE_BYTES) {
      const frameBytes = readPrelude(view, input, at);
      if (frameBytes === undefined) {
        if (!this.#isSeeking) this.#sink.problem("crc");
        this.#isSeeking = true;
        at++;
        continue;
      }
      if (input.length - at < frameBytes) break;
      this.#isSeeking = false;
      this.#frame(input.subarray(at, at + frameBytes), timeNs);
      at += frameBytes;
    }
    return at;
  }

  #frame(frame: Uint8Array, timeNs: number): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const end = frame.length - CHECKSUM_BYTES;
    if (crc32(frame.subarray(0, end)) !== view.getUint32(end)) return this.#sink.problem("crc");
    const payloadAt = PRELUDE_BYTES + view.getUint32(4);
    const headers = readHeaders(frame.subarray(PRELUDE_BYTES, payloadAt));
    if (headers === undefined) return this.#sink.problem("headers");
    const name = headers.get(":event-type") ?? headers.get(":exception-type") ?? headers.get(":error-code");
    const payload = frame.subarray(payloadAt, end);
    const text = decodeUtf8(payload);
    const message: BodyMessage = name === undefined ? { text, headers } : { name, text, headers };
    // Parts of another stream may end inside a character.
    const isPart = headers.get(":content-type") === PARTS_TYPE;
    this.#sink.message(isPart ? { ...message, bytes: payload.slice() } : message, timeNs);
  }
}

/** Gives the length of the frame at `at`; undefined when its prelude is none. */
function readPrelude(view: DataView, input: Uint8Array, at: number): number | undefined {
  const frameBytes = view.getUint32(at);
  const headerBytes = view.getUint32(at + 4);
  if (frameBytes > MAX_FRAME_BYTES || headerBytes > frameBytes - PRELUDE_BYTES - CHECKSUM_BYTES) return undefined;
  return crc32(input.subarray(at, at + 8)) === view.getUint32(at + 8) ? frameBytes : undefined;
}

function beginsFrame(bytes: Uint8Array): boolean {
  if (bytes.length < PRELUDE_BYTES) return false;
  const frameBytes = readPrelude(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes, 0);
  return frameBytes !== undefined && frameBytes >= PRELUDE_BYTES + CHECKSUM_BYTES;
}

/** Reads typed headers as text, names lower case; undefined when they are malformed. */
function readHeaders(bytes: Uint8Array): Map<string, string> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + view.getUint8(at);
    if (nameEnd >= bytes.length) return undefined;
    const name = decodeUtf8(bytes.subarray(at + 1, nameEnd)).toLowerCase();
    const value = readValue(view, bytes, nameEnd);
    if (value === undefined) return undefined;
    headers.set(name, value.text);
    at = value.end;
  }
  return headers;
}

/** Bytes of a value by its type: true, false, byte, short, integer, long, bytes, string, timestamp, uuid. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

function readValue(view: DataView, bytes: Uint8Array, typeAt: number): { text: string; end: number } | undefined {
  const type = view.getUint8(typeAt);
  const fixed = VALUE_BYTES[type];
  let start = typeAt + 1;
  let length = fixed ?? 0;
  if (fixed === undefined) return undefined;
  if (fixed < 0) {
    if (start + 2 > bytes.length) return undefined;
    length = view.getUint16(start);
    start += 2;
  }
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { text: toText(type, view, bytes.subarray(start, end), start), end };
}

function toText(type: number, view: DataView, value: Uint8Array, at: number): string {
  switch (type) {
    case 0:
      return "true";
    case 1:
      return "false";
    case 2:
      return String(view.getInt8(at));
    case 3:
      return String(view.getInt16(at));
    case 4:
      return String(view.getInt32(at));
    case 5:
    case 8:
      return String(view.getBigInt64(at));
    case 7:
      return decodeUtf8(value);
    default:
      return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** AWS event streams. */
export const awsEventStream: BodyFormat = {
  id: "aws_event_stream",
  summary: "AWS event stream frames with both checksums verified",
  stability: "stable",
  specUrl: "https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html",
  sniff: (contentType, firstBytes) => {
    if (contentType.startsWith("application/vnd.amazon.eventstream")) return 1;
    // A right checksum is no chance: recordings that leave out headers are read all the same.
    return contentType === "" && beginsFrame(firstBytes) ? 0.95 : 0;
  },
  createParser: (sink) => new EventStreamParser(sink),
};
