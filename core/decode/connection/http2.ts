/**
 * HTTP/2: streams interleaved on one connection, each an exchange.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113 (read 2026-11-21)
 */
import type { Completeness, ConnectionFacts } from "../../model/http_exchange.ts";
import type { ExchangeSink } from "../exchange_sink.ts";
import {
  type ConnectionFormat,
  type ConnectionParser,
  type Flow,
  type FlowOutcome,
  type Handover,
  OK,
} from "./connection_format.ts";
import { FrameFlag, FrameReader, type FrameSink, FrameType, PREFACE, startsWithFrames } from "./http2_frames.ts";
import { type HeaderBlock, HeaderCollector } from "./http2_headers.ts";
import { Http2Stream } from "./http2_stream.ts";

/** A stream that got no byte for so long is over: before the first byte of its answer, and after it. */
const WAITING_LIMIT_NS = 900e9;
const STREAM_LIMIT_NS = 300e9;
/** Streams that are followed at once; above it the one idle longest is ended. */
const MAX_STREAMS = 2000;

class Http2Parser implements ConnectionParser {
  readonly #connection: ConnectionFacts;
  readonly #sink: ExchangeSink;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #frames: Record<Flow, FrameReader>;
  readonly #headers: Record<Flow, HeaderCollector>;
  #ordinal = 0;

  constructor(connection: ConnectionFacts, sink: ExchangeSink, handover?: Handover) {
    const { joinedLate } = connection;
    this.#connection = connection;
    this.#sink = sink;
    this.#frames = {
      request: new FrameReader(this.#frameSink("request"), joinedLate ? "seek" : "preface"),
      response: new FrameReader(this.#frameSink("response"), joinedLate ? "seek" : "frames"),
    };
    this.#headers = { request: new HeaderCollector(joinedLate), response: new HeaderCollector(joinedLate) };
    if (handover === undefined) return;
    // The upgrade request is stream 1, already ended by the client (RFC 7540 3.2).
    this.#ordinal = handover.nextOrdinal;
    handover.exchange.protocol = "h2";
    this.#streams.set(1, Http2Stream.upgraded(handover, sink));
  }

  get heldBytes(): number {
    return this.#frames.request.heldBytes + this.#frames.response.heldBytes + this.#headers.request.heldBytes +
      this.#headers.response.heldBytes;
  }

  get inFlight(): number {
    return this.#streams.size;
  }

  push(flow: Flow, bytes: Uint8Array, timeNs: number): FlowOutcome {
    this.#frames[flow].push(bytes, timeNs);
    return OK;
  }

  gap(flow: Flow, lostBytes: number, reason: string, timeNs: number): void {
    this.#frames[flow].gap(lostBytes, reason, timeNs);
  }

  close(completeness: Completeness, reason: string, timeNs: number): void {
    const cut = completeness === "complete" ? "aborted" : completeness;
    for (const stream of this.#streams.values()) stream.cut(cut, reason, timeNs);
    this.#streams.clear();
  }

  advance(nowNs: number): void {
    for (const [streamId, stream] of this.#streams) {
      const limitNs = stream.isWaiting ? WAITING_LIMIT_NS : STREAM_LIMIT_NS;
      if (nowNs - stream.lastNs <= limitNs) continue;
      stream.cut("truncated", "idle_timeout", stream.lastNs);
      this.#streams.delete(streamId);
    }
  }

  evict(reason: string, timeNs: number): boolean {
    let idlest: [number, Http2Stream] | undefined;
    for (const entry of this.#streams) if (idlest === undefined || entry[1].lastNs < idlest[1].lastNs) idlest = entry;
    if (idlest === undefined) return false;
    idlest[1].cut("truncated", reason, timeNs);
    return this.#streams.delete(idlest[0]);
  }

  /** The server speaks without being asked, too (SETTINGS, PING). */
  isExpecting(): boolean {
    return true;
  }

  #frameSink(flow: Flow): FrameSink {
    return {
      data: (streamId, bytes, timeNs) => this.#streams.get(streamId)?.data(flow, bytes, timeNs),
      dataGap: (streamId, lostBytes, reason) => this.#streams.get(streamId)?.gap(flow, lostBytes, reason),
      dataEnd: (streamId, isStreamEnd, timeNs) => {
        if (isStreamEnd) this.#end(streamId, flow, timeNs);
      },
      frame: (type, flags, streamId, payload, timeNs) => this.#frame(flow, type, flags, streamId, payload, timeNs),
      lostSync: (reason, timeNs) => this.#lostSync(flow, reason, timeNs),
    };
  }

  #frame(
    flow: Flow,
    type: number,
    flags: number,
    streamId: number,
    payload: Uint8Array | undefined,
    timeNs: number,
  ): void {
    switch (type) {
      case FrameType.headers:
      case FrameType.pushPromise:
      case FrameType.continuation:
        return this.#block(flow, this.#fragment(flow, type, flags, streamId, payload, timeNs), timeNs);
      case FrameType.rstStream:
        return this.#reset(streamId, payload, timeNs);
      case FrameType.goAway:
        if (flow === "response" && payload !== undefined) this.#goAway(payload, timeNs);
        return;
      default:
    }
  }

  #fragment(
    flow: Flow,
    type: number,
    flags: number,
    streamId: number,
    payload: Uint8Array | undefined,
    timeNs: number,
  ): HeaderBlock | undefined {
    const headers = this.#headers[flow];
    const isEnd = (flags & FrameFlag.endHeaders) !== 0;
    const isContinuation = type === FrameType.continuation;
    const fragment = payload === undefined || isContinuation ? payload : unpad(type, flags, payload);
    if (fragment === undefined) {
      headers.loseState();
      return undefined;
    }
    if (isContinuation) return headers.go(fragment, streamId, isEnd);
    const isPush = type === FrameType.pushPromise;
    const isStreamEnd = !isPush && (flags & FrameFlag.endStream) !== 0;
    return headers.start(fragment, { streamId, isStreamEnd, isPush }, isEnd, timeNs);
  }

  #block(flow: Flow, block: HeaderBlock | undefined, timeNs: number): void {
    // Pushed answers belong to no request of the program; their blocks are read for the table only.
    if (block === undefined || block.isPush || block.streamId % 2 === 0) return;
    const stream = this.#streams.get(block.streamId);
    if (flow === "request" && stream === undefined) this.#open(block, timeNs);
    else if (flow === "request") stream?.requestTrailers(timeNs);
    else stream?.responseHead(block, timeNs);
    if (block.isStreamEnd) this.#end(block.streamId, flow, timeNs);
  }

  #open(block: HeaderBlock, timeNs: number): void {
    if (this.#streams.size >= MAX_STREAMS) this.evict("stream_limit", timeNs);
    const stream = Http2Stream.open(block, this.#connection, this.#ordinal++, this.#sink, timeNs);
    this.#streams.set(block.streamId, stream);
  }

  #end(streamId: number, flow: Flow, timeNs: number): void {
    const stream = this.#streams.get(streamId);
    if (stream?.end(flow, timeNs) === true) this.#streams.delete(streamId);
  }

  #reset(streamId: number, payload: Uint8Array | undefined, timeNs: number): void {
    const code = payload?.[3] ?? 0;
    this.#streams.get(streamId)?.cut("aborted", `rst_stream_${code}`, timeNs);
    this.#streams.delete(streamId);
  }

  #goAway(payload: Uint8Array, timeNs: number): void {
    if (payload.length < 8) return;
    const lastId = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0) & 0x7fffffff;
    for (const [streamId, stream] of this.#streams) {
      if (streamId <= lastId) continue;
      stream.cut("aborted", "goaway", timeNs);
      this.#streams.delete(streamId);
    }
  }

  /** Any stream may have lost bytes, and the header table may have moved. */
  #lostSync(flow: Flow, reason: string, timeNs: number): void {
    this.#headers[flow].loseState();
    for (const stream of this.#streams.values()) stream.lost(flow, reason, timeNs);
  }
}

/** Takes padding, priority and promised stream id off a HEADERS or PUSH_PROMISE payload; undefined when it is malformed. */
function unpad(type: number, flags: number, payload: Uint8Array): Uint8Array | undefined {
  const isPadded = (flags & FrameFlag.padded) !== 0;
  const padBytes = isPadded ? payload[0] ?? 0 : 0;
  let start = isPadded ? 1 : 0;
  if (type === FrameType.pushPromise) start += 4;
  else if ((flags & FrameFlag.priority) !== 0) start += 5;
  const end = payload.length - padBytes;
  return start > end ? undefined : payload.subarray(start, end);
}

function sniffPreface(bytes: Uint8Array): number | undefined {
  const length = Math.min(bytes.length, PREFACE.length);
  for (let at = 0; at < length; at++) if (bytes[at] !== PREFACE[at]) return 0;
  // "PRI * HTTP/2.0" says it; fewer bytes may still be a method of HTTP/1.
  return length < 14 ? undefined : 1;
}

/** HTTP/2 over TLS, with prior knowledge, and by upgrade. */
export const http2: ConnectionFormat = {
  id: "http2",
  summary: "HTTP/2 with HPACK that survives joining late",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc9113",
  upgradeTokens: ["h2c"],
  sniff: sniffPreface,
  sniffJoined: (bytes) => startsWithFrames(bytes) ? 0.6 : 0,
  createParser: (connection, sink) => new Http2Parser(connection, sink),
  createUpgraded: (connection, sink, handover) => new Http2Parser(connection, sink, handover),
};
