/**
 * One protobuf message that is the whole body: unary calls of Connect, and Google's APIs when asked for it.
 *
 * @see https://connectrpc.com/docs/protocol#unary-request (read 2026-11-21)
 */
import type { BodyFormat, BodyMessage, BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";

/** Messages up to this size are handed on; what is longer is media, and is only counted. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
const TYPES = /^application\/(x-|x-google-)?proto(buf)?\s*(;|$)/;

/** A binary message: its bytes are copied, unless there are too many. */
export function toBinaryMessage(bytes: Uint8Array): BodyMessage {
  const headers = new Map([["bytes", String(bytes.length)]]);
  const message = { name: "binary", text: "", headers };
  return bytes.length > MAX_KEPT_BYTES ? message : { ...message, bytes: bytes.slice() };
}

class ProtobufParser implements BodyParser {
  readonly #sink: BodyMessageSink;
  readonly #carry = new ByteCarry();
  #bytes = 0;
  #hasGap = false;

  constructor(sink: BodyMessageSink) {
    this.#sink = sink;
  }

  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#hasGap) return;
    if (this.#bytes <= MAX_KEPT_BYTES) this.#carry.push(bytes);
    else this.#carry.clear();
  }

  gap(): void {
    if (!this.#hasGap) this.#sink.problem("gap");
    this.#hasGap = true;
    this.#carry.clear();
  }

  /** A message that was cut may still parse, and say other things than the whole one. */
  end(isComplete: boolean, timeNs: number): void {
    if (this.#hasGap) return;
    if (!isComplete) {
      this.#sink.problem("cut");
    } else if (this.#bytes > MAX_KEPT_BYTES) {
      this.#sink.message({ name: "binary", text: "", headers: new Map([["bytes", String(this.#bytes)]]) }, timeNs);
    } else this.#sink.message(toBinaryMessage(this.#carry.take()), timeNs);
    this.#carry.clear();
  }
}

/** Bodies that are one protobuf message. */
export const protobuf: BodyFormat = {
  id: "protobuf",
  summary: "one protobuf message",
  stability: "experimental",
  specUrl: "https://connectrpc.com/docs/protocol",
  sniff: (contentType) => TYPES.test(contentType) ? 1 : 0,
  createParser: (sink) => new ProtobufParser(sink),
};
