/**
 * One flow of an HTTP/1.x connection: bytes → heads and body bytes, message after message. It knows framing and
 * resynchronisation; which exchange a message belongs to is its owner's matter.
 */
import type { Completeness, HttpMessage } from "../../model/http_exchange.ts";
import { ByteCarry } from "../body/byte_carry.ts";
import type { BodySink } from "../exchange_sink.ts";
import type { Flow } from "./connection_format.ts";
import { ChunkedReader, startsWithChunk } from "./http1_chunked.ts";
import type { Framing } from "./http1_framing.ts";
import type { Head } from "./http1_head.ts";
import { HeadCollector } from "./http1_head_collector.ts";

/** Takes what a reader finds. */
export interface MessageOwner {
  /** A head is complete. The owner calls `begin`, `loseSync` or `hold`; nothing when another head follows (1xx). */
  head(reader: MessageReader, head: Head, firstByteNs: number, timeNs: number): void;
  /** The message begun last has ended; its sink was told. */
  ended(reader: MessageReader, timeNs: number): void;
  /**
   * The reader does not know any more where messages begin; it waits for a provable start. `isHeadLost`: the head of at least
   * one message is among what is missing.
   */
  lostSync(reader: MessageReader, reason: string, timeNs: number, isHeadLost: boolean): void;
  /** A gap hid where the chunks of the message under way begin. */
  unsureOfChunks(reader: MessageReader, reason: string, timeNs: number): void;
  /** False when `bytes` cannot be the beginning of a message of this flow (now). */
  mayStart(reader: MessageReader, bytes: Uint8Array): boolean;
  /** True when a chunk seen after a gap must belong to the message under way. */
  mayResume(reader: MessageReader): boolean;
}

/** `head` reads a head; the three body states; `seek` drops records until one starts a message; `chunk_seek` until one starts
 * a chunk; `hold` keeps bytes for a decision of the owner; `off` drops everything. */
type State = "head" | "fixed" | "chunked" | "until_close" | "seek" | "chunk_seek" | "hold" | "off";

/** More missing bytes than this where a head should begin are of a head: an interim answer (1xx) is shorter. */
const LEAST_HEAD_BYTES: Readonly<Record<Flow, number>> = { request: 0, response: 32 };
/** Reasons of what the kernel left out on purpose begin so; of every message it copies the beginning. */
export const SKIPPED = "skipped_";

/** Most bytes kept while the owner decides about an upgrade. */
const MAX_HELD_BYTES = 256 * 1024;

/** Reads one flow. */
export class MessageReader {
  /** Bytes that belonged to no message. */
  droppedBytes = 0;
  #state: State;
  readonly #heads = new HeadCollector();
  /** What follows an upgrade request until it is answered. */
  #kept: ByteCarry | undefined;
  /** Body bytes that have to come. */
  #rest = 0;
  #chunked: ChunkedReader | undefined;
  #message: HttpMessage | undefined;
  #sink: BodySink | undefined;
  #gapReason: string | undefined;

  constructor(readonly flow: Flow, private readonly owner: MessageOwner, joinedLate: boolean) {
    this.#state = joinedLate ? "seek" : "head";
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#heads.heldBytes + (this.#kept?.heldBytes ?? 0);
  }

  /** True between the head and the end of a message. */
  get isInMessage(): boolean {
    return this.#state === "fixed" || this.#state === "chunked" || this.#state === "until_close" ||
      this.#state === "chunk_seek";
  }

  /** True while a gap hides where the next chunk begins: it may lie in a later message. */
  get isSeekingChunk(): boolean {
    return this.#state === "chunk_seek";
  }

  /** Takes the next bytes; gives how many it took: fewer than all only after `stop`. */
  push(bytes: Uint8Array, timeNs: number): number {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head":
          at = this.#readHead(bytes, at, timeNs);
          break;
        case "fixed":
          at = this.#fixed(bytes, at, timeNs);
          break;
        case "chunked":
          at = this.#chunks(bytes, at, timeNs);
          break;
        case "until_close":
          this.#rest = 0;
          this.#body(at === 0 ? bytes : bytes.subarray(at), timeNs);
          return bytes.length;
        case "hold":
          this.#keep(at === 0 ? bytes : bytes.subarray(at), timeNs);
          return bytes.length;
        case "off":
          return at;
        default:
          if (!this.#seek(bytes, at, timeNs)) return bytes.length;
      }
    }
    return at;
  }

  /** Starts the message whose head was just given. `sink` undefined: the body is dropped unseen. */
  begin(framing: Framing, message: HttpMessage, sink: BodySink | undefined, timeNs: number): void {
    this.#message = message;
    this.#sink = sink;
    this.#gapReason = undefined;
    switch (framing.type) {
      case "none":
        return this.finish("complete", undefined, timeNs);
      case "fixed":
        this.#rest = framing.bodyBytes;
        this.#state = "fixed";
        return;
      case "chunked":
        this.#chunked = new ChunkedReader();
        this.#state = "chunked";
        return;
      case "until_close":
        this.#rest = framing.hasBody ? 1 : 0;
        this.#state = "until_close";
    }
  }

  /** Ends the message under way. */
  finish(completeness: Completeness, reason: string | undefined, timeNs: number): void {
    const sink = this.#sink;
    const message = this.#message;
    this.#message = this.#sink = this.#chunked = undefined;
    this.#state = "head";
    if (message !== undefined) endMessage(message, sink, completeness, this.#gapReason ?? reason, timeNs);
    this.owner.ended(this, timeNs);
  }

  /** Ends the message towards its sink, but goes on reading its bytes, so that the framing stays known. */
  abandon(completeness: Completeness, reason: string, timeNs: number): void {
    if (this.#message !== undefined) endMessage(this.#message, this.#sink, completeness, reason, timeNs);
    this.#message = this.#sink = undefined;
  }

  /** Gives up the framing until a message provably starts. */
  loseSync(reason: string, timeNs: number, isHeadLost = false): void {
    const wasInMessage = this.isInMessage;
    this.#heads.clear();
    this.#kept = undefined;
    if (wasInMessage) this.finish("gap", reason, timeNs);
    this.#state = "seek";
    this.owner.lostSync(this, reason, timeNs, isHeadLost);
  }

  /** Keeps the bytes that follow until `release` or `stop`. */
  hold(): void {
    this.#state = "hold";
  }

  /** Goes on with the kept bytes as HTTP/1. */
  release(timeNs: number): void {
    if (this.#state !== "hold") return;
    const kept = this.stop();
    this.#state = "head";
    if (kept.length > 0) this.push(kept, timeNs);
  }

  /** Reads nothing more; gives the kept bytes, owned by the caller. */
  stop(): Uint8Array {
    const kept = this.#kept?.take() ?? new Uint8Array(0);
    this.#kept = undefined;
    this.#heads.clear();
    this.#state = "off";
    return kept;
  }

  /** Bytes are missing; `lostBytes` 0: unknown how many. */
  gap(lostBytes: number, reason: string, timeNs: number): void {
    switch (this.#state) {
      case "fixed":
        return this.#gapInFixed(lostBytes, reason, timeNs);
      case "chunked":
        return this.#gapInChunks(lostBytes, reason, timeNs);
      case "chunk_seek":
      case "until_close":
        return this.#noteGap(lostBytes, reason);
      case "head":
        return this.loseSync(reason, timeNs, this.#isHead(this.#heads.heldBytes + lostBytes, reason));
      case "hold":
        return this.loseSync(reason, timeNs);
      case "seek":
        return this.owner.lostSync(this, reason, timeNs, false);
      default:
    }
  }

  /** The connection or the capture ended. */
  close(completeness: Completeness, reason: string, timeNs: number): void {
    if (!this.isInMessage) return;
    const endsHere = completeness === "complete" && this.#state === "until_close" && this.#rest === 0;
    const cut: Completeness = completeness === "complete" ? "aborted" : completeness;
    if (endsHere) this.finish(this.#completeness(), undefined, timeNs);
    else this.finish(cut, reason, timeNs);
    this.#state = "off";
  }

  #readHead(bytes: Uint8Array, from: number, timeNs: number): number {
    const heads = this.#heads;
    const end = heads.push(bytes, from, timeNs);
    const head = heads.take();
    if (head !== undefined) this.owner.head(this, head, heads.firstByteNs, timeNs);
    else if (heads.isTooLong) this.loseSync("head_limit", timeNs);
    // Garbage is not held until the limit of a head is reached.
    else if (heads.heldBytes > 0 && !this.owner.mayStart(this, heads.held)) this.loseSync("not_http1", timeNs);
    return end;
  }

  #fixed(bytes: Uint8Array, at: number, timeNs: number): number {
    const end = Math.min(bytes.length, at + this.#rest);
    this.#rest -= end - at;
    this.#body(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end), timeNs);
    if (this.#rest === 0) this.finish(this.#completeness(), undefined, timeNs);
    return end;
  }

  #chunks(bytes: Uint8Array, at: number, timeNs: number): number {
    const chunked = this.#chunked;
    if (chunked === undefined) return bytes.length;
    const message = this.#message;
    if (message !== undefined) message.lastByteNs = timeNs;
    const end = chunked.push(bytes, at, this.#sink, timeNs);
    if (message !== undefined) message.wireBodyBytes += chunked.takeDataBytes();
    if (chunked.isDone) this.finish(this.#completeness(), undefined, timeNs);
    else if (chunked.isInvalid) this.loseSync("chunk", timeNs);
    return end;
  }

  #body(bytes: Uint8Array, timeNs: number): void {
    const message = this.#message;
    if (message === undefined) return;
    message.lastByteNs = timeNs;
    message.wireBodyBytes += bytes.length;
    this.#sink?.data(bytes, timeNs);
  }

  /** True: go on with the same bytes in another state. */
  #seek(bytes: Uint8Array, at: number, timeNs: number): boolean {
    if (at === 0 && this.#state === "chunk_seek" && startsWithChunk(bytes) && this.owner.mayResume(this)) {
      this.#chunked?.restart();
      this.#state = "chunked";
      return true;
    }
    if (at === 0 && this.owner.mayStart(this, bytes)) {
      // Lost requests make the pairing unsure; a lost end of an answer does not.
      if (this.#state === "chunk_seek" && this.flow === "request") this.loseSync("resync", timeNs);
      else if (this.#state === "chunk_seek") this.finish("gap", "resync", timeNs);
      this.#state = "head";
      return true;
    }
    this.droppedBytes += bytes.length - at;
    return false;
  }

  #gapInFixed(lostBytes: number, reason: string, timeNs: number): void {
    const inside = Math.min(lostBytes, this.#rest);
    this.#noteGap(inside, reason);
    this.#rest -= inside;
    if (lostBytes === 0 || lostBytes > inside) this.loseSync(reason, timeNs, this.#isHead(lostBytes - inside, reason));
    else if (this.#rest === 0) this.finish("gap", reason, timeNs);
  }

  #gapInChunks(lostBytes: number, reason: string, timeNs: number): void {
    this.#noteGap(lostBytes, reason);
    if (lostBytes > 0 && lostBytes <= (this.#chunked?.chunkRest ?? 0)) return this.#chunked?.skip(lostBytes);
    this.#state = "chunk_seek";
    this.owner.unsureOfChunks(this, reason, timeNs);
  }

  #isHead(lostBytes: number, reason: string): boolean {
    return lostBytes > LEAST_HEAD_BYTES[this.flow] && !reason.startsWith(SKIPPED);
  }

  #noteGap(lostBytes: number, reason: string): void {
    this.#gapReason ??= reason;
    this.#sink?.gap(lostBytes, reason);
  }

  #completeness(): Completeness {
    return this.#gapReason === undefined ? "complete" : "gap";
  }

  #keep(bytes: Uint8Array, timeNs: number): void {
    this.#kept ??= new ByteCarry();
    if (this.#kept.heldBytes + bytes.length <= MAX_HELD_BYTES) this.#kept.push(bytes);
    else this.loseSync("upgrade_limit", timeNs);
  }
}

function endMessage(
  message: HttpMessage,
  sink: BodySink | undefined,
  completeness: Completeness,
  reason: string | undefined,
  timeNs: number,
): void {
  message.completeness = completeness;
  if (reason !== undefined) message.reasons.push(reason);
  sink?.end(completeness, timeNs);
}
