/**
 * Length-prefixed messages of Connect, gRPC and gRPC-Web. Messages that are JSON text are given as text, binary ones (protobuf) as
 * bytes.
 *
 * @see https://connectrpc.com/docs/protocol and https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md (read 2026-11-21)
 */
import type { BodyFormat, BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";
import { CodingChain, parseContentEncoding } from "./content_coding.ts";
import { toBinaryMessage } from "./protobuf.ts";
import { decodeUtf8 } from "./utf8_text.ts";

const PREFIX_BYTES = 5;
const COMPRESSED = 0x01;
const END_STREAM = 0x02;
const TRAILERS = 0x80;
/** Largest message that is read; a longer one ends the reading. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const TYPES = /^application\/(connect\+|grpc(-web)?(\+|\s*(;|$)))/;

class EnvelopeParser implements BodyParser {
  readonly #sink: BodyMessageSink;
  readonly #coding: string | undefined;
  readonly #carry = new ByteCarry();
  #isOver = false;

  constructor(sink: BodyMessageSink, contentType: string) {
    this.#sink = sink;
    this.#coding = /;message-encoding=([a-z]+)/.exec(contentType)?.[1];
  }

  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  push(bytes: Uint8Array, timeNs: number): void {
    if (this.#isOver) return;
    this.#carry.push(bytes);
    const input = this.#carry.peek();
    let at = 0;
    while (input.length - at >= PREFIX_BYTES && !this.#isOver) {
      const flags = input[at] ?? 0;
      const length = new DataView(input.buffer, input.byteOffset + at + 1, 4).getUint32(0);
      if (length > MAX_MESSAGE_BYTES || (flags & ~(COMPRESSED | END_STREAM | TRAILERS)) !== 0) this.#stop("framing");
      else if (input.length - at - PREFIX_BYTES < length) break;
      else this.#message(flags, input.subarray(at + PREFIX_BYTES, at + PREFIX_BYTES + length), timeNs);
      at += PREFIX_BYTES + length;
    }
    if (!this.#isOver) this.#carry.drop(at);
  }

  /** Nothing marks where the next message begins. */
  gap(): void {
    if (!this.#isOver) this.#stop("gap");
  }

  end(isComplete: boolean): void {
    if (isComplete && this.#carry.heldBytes > 0) this.#sink.problem("cut");
    this.#carry.clear();
  }

  #message(flags: number, payload: Uint8Array, timeNs: number): void {
    const plain = (flags & COMPRESSED) === 0 ? payload : this.#inflate(payload);
    if (plain === undefined) return this.#sink.problem("encoding");
    const name = (flags & END_STREAM) !== 0 ? "end_stream" : (flags & TRAILERS) !== 0 ? "trailers" : undefined;
    const isText = name !== undefined || plain[0] === 0x7b || plain[0] === 0x5b;
    if (!isText) return this.#sink.message(toBinaryMessage(plain), timeNs);
    const text = decodeUtf8(plain);
    this.#sink.message(name === undefined ? { text } : { name, text }, timeNs);
  }

  #inflate(payload: Uint8Array): Uint8Array | undefined {
    const codings = parseContentEncoding(this.#coding);
    if (codings === undefined || codings.length === 0) return undefined;
    const plain = new ByteCarry();
    const chain = new CodingChain(codings, MAX_MESSAGE_BYTES, (bytes) => plain.push(bytes));
    const pushed = chain.push(payload);
    const ended = pushed === "ok" ? chain.end() : pushed;
    chain.close();
    return ended === "ok" ? plain.take() : undefined;
  }

  #stop(reason: string): void {
    this.#sink.problem(reason);
    this.#carry.clear();
    this.#isOver = true;
  }
}

/** Connect, gRPC and gRPC-Web messages. */
export const envelope: BodyFormat = {
  id: "envelope",
  summary: "length-prefixed messages of Connect, gRPC and gRPC-Web",
  stability: "stable",
  specUrl: "https://connectrpc.com/docs/protocol",
  sniff: (contentType) => TYPES.test(contentType) ? 1 : 0,
  createParser: (sink, contentType) => new EnvelopeParser(sink, contentType),
};
