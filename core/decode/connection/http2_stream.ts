/** One HTTP/2 stream: an exchange with its two sinks. */
import type {
  Completeness,
  ConnectionFacts,
  HttpExchange,
  HttpMessage,
  HttpRequest,
} from "../../model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../exchange_sink.ts";
import type { Flow, Handover } from "./connection_format.ts";
import type { HeaderBlock } from "./http2_headers.ts";
import { parseTarget } from "./request_target.ts";

/** Reason of a message whose header fields could not all be known. */
const UNKNOWN_FIELDS = "hpack_state";

/** One direction of the stream. */
interface Side {
  message: HttpMessage | undefined;
  sink: BodySink | undefined;
  isOver: boolean;
  gapReason: string | undefined;
  isPartial: boolean;
}

/** One stream. */
export class Http2Stream {
  /** Capture time of its newest byte. */
  lastNs: number;
  readonly #exchange: HttpExchange;
  readonly #out: ExchangeSink;
  readonly #request: Side;
  readonly #response: Side = {
    message: undefined,
    sink: undefined,
    isOver: false,
    gapReason: undefined,
    isPartial: false,
  };

  private constructor(exchange: HttpExchange, out: ExchangeSink, sink: BodySink | undefined, isPartial: boolean) {
    this.#exchange = exchange;
    this.#out = out;
    this.#request = { message: exchange.request, sink, isOver: false, gapReason: undefined, isPartial };
    this.lastNs = exchange.request.lastByteNs;
  }

  /** Opens the stream of a request head, and tells the sink. */
  static open(
    block: HeaderBlock,
    connection: ConnectionFacts,
    ordinal: number,
    out: ExchangeSink,
    timeNs: number,
  ): Http2Stream {
    const exchange: HttpExchange = {
      connection,
      ordinal,
      protocol: "h2",
      request: toRequest(block, connection, timeNs),
    };
    return new Http2Stream(exchange, out, out.request(exchange), block.isPartial);
  }

  /** Opens stream 1 after an upgrade from HTTP/1. */
  static upgraded(handover: Handover, out: ExchangeSink): Http2Stream {
    const { exchange, requestSink } = handover;
    const stream = new Http2Stream(exchange, out, requestSink, false);
    // A request with a body was told to its end before the switch.
    if (exchange.request.completeness === "in_flight") stream.end("request", exchange.request.lastByteNs);
    else stream.#request.isOver = true;
    return stream;
  }

  /** No byte of the answer came yet. */
  get isWaiting(): boolean {
    return this.#request.isOver && this.#response.message === undefined;
  }

  /** Takes body bytes. */
  data(flow: Flow, bytes: Uint8Array, timeNs: number): void {
    const side = this.#side(flow);
    this.lastNs = timeNs;
    if (side.isOver || side.message === undefined) return;
    side.message.lastByteNs = timeNs;
    side.message.wireBodyBytes += bytes.length;
    side.sink?.data(bytes, timeNs);
  }

  /** Body bytes are missing. */
  gap(flow: Flow, lostBytes: number, reason: string): void {
    const side = this.#side(flow);
    if (side.isOver || side.message === undefined) return;
    side.gapReason ??= reason;
    side.sink?.gap(lostBytes, reason);
  }

  /** Frames of a flow are missing: perhaps of this stream. */
  lost(flow: Flow, reason: string, timeNs: number): void {
    this.gap(flow, 0, reason);
    const side = this.#side(flow);
    if (side.message === undefined) side.gapReason ??= reason;
    this.lastNs = timeNs;
  }

  /** The client sent trailers. */
  requestTrailers(timeNs: number): void {
    this.lastNs = timeNs;
    if (!this.#request.isOver) this.#exchange.request.lastByteNs = timeNs;
  }

  /** Takes a header block of the answer: an interim head, the head, or the trailers. */
  responseHead(block: HeaderBlock, timeNs: number): void {
    this.lastNs = timeNs;
    const side = this.#response;
    if (side.message !== undefined) return addTrailers(side.message, block, timeNs);
    const status = Number(block.pseudo.get("status") ?? NaN);
    // Without a status it cannot be told whether this is the head: absent, not guessed.
    if (!Number.isInteger(status) || status < 200) return;
    const response = { ...toMessage(block, timeNs), status };
    side.message = response;
    side.isPartial = block.isPartial;
    this.#exchange.response = response;
    side.sink = this.#out.response(this.#exchange);
    if (side.gapReason !== undefined) side.sink?.gap(0, side.gapReason);
  }

  /** A flow of the stream has ended. True: the exchange is over. */
  end(flow: Flow, timeNs: number): boolean {
    const side = this.#side(flow);
    this.lastNs = timeNs;
    if (!side.isOver) this.#finish(side, side.gapReason === undefined ? "complete" : "gap", side.gapReason, timeNs);
    if (!this.#request.isOver || !this.#response.isOver) return false;
    this.#out.exchangeEnd(this.#exchange, timeNs);
    return true;
  }

  /** Ends the exchange before its end. */
  cut(completeness: Completeness, reason: string, timeNs: number): void {
    for (const side of [this.#request, this.#response]) {
      if (!side.isOver) this.#finish(side, completeness, reason, timeNs);
    }
    if (this.#response.message === undefined) {
      this.#exchange.request.reasons.push(`no_response:${this.#response.gapReason ?? reason}`);
    }
    this.#out.exchangeEnd(this.#exchange, timeNs);
  }

  #side(flow: Flow): Side {
    return flow === "request" ? this.#request : this.#response;
  }

  #finish(side: Side, completeness: Completeness, reason: string | undefined, timeNs: number): void {
    side.isOver = true;
    const { message } = side;
    if (message === undefined) return;
    // The body is whole even where header fields are unknown.
    const isHeadOnly = side.isPartial && completeness === "complete";
    message.completeness = isHeadOnly ? "joined_late" : completeness;
    if (reason !== undefined) message.reasons.push(reason);
    if (side.isPartial) message.reasons.push(UNKNOWN_FIELDS);
    side.sink?.end(completeness, timeNs);
  }
}

/** Trailers are told as header fields, where no field of the head has their name (`grpc-status`). */
function addTrailers(message: HttpMessage, block: HeaderBlock, timeNs: number): void {
  message.lastByteNs = timeNs;
  if (!(message.headers instanceof Map)) return;
  for (const [name, value] of block.headers) if (!message.headers.has(name)) message.headers.set(name, value);
}

function toMessage(block: HeaderBlock, timeNs: number): HttpMessage {
  const message: HttpMessage = {
    headers: block.headers,
    firstByteNs: block.firstByteNs,
    lastByteNs: timeNs,
    wireBodyBytes: 0,
    completeness: "in_flight",
    reasons: [],
  };
  return block.isPartial ? { ...message, hasUnknownFields: true } : message;
}

/** Method and target are "" where they could not be known. */
function toRequest(block: HeaderBlock, connection: ConnectionFacts, timeNs: number): HttpRequest {
  const { pseudo, headers } = block;
  const authority = pseudo.get("authority") ?? headers.get("host");
  const sent = pseudo.get("path") ?? (pseudo.get("method") === "CONNECT" ? authority : undefined);
  const { target, path, host } = sent === undefined
    ? { target: "", path: "", host: parseTarget("*", authority, connection.transport).host }
    : parseTarget(sent, authority, connection.transport);
  const request = { ...toMessage(block, timeNs), method: pseudo.get("method") ?? "", target, path };
  return host === undefined ? request : { ...request, host };
}
