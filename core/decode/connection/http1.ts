/**
 * HTTP/1.0 and HTTP/1.1: keep-alive, pipelining, all body framings, 1xx, upgrades and tunnels. Pairs responses with requests in
 * order, and says so when a gap makes that unsure.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112 (read 2026-11-21)
 */
import type { Completeness, ConnectionFacts, HttpMessage, HttpRequest } from "../../model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../exchange_sink.ts";
import {
  type ConnectionFormat,
  type ConnectionParser,
  type Flow,
  type FlowOutcome,
  type MutableExchange,
  OK,
} from "./connection_format.ts";
import { requestFraming, responseFraming, transferCodings } from "./http1_framing.ts";
import { type Head, parseRequestLine, parseStatusLine } from "./http1_head.ts";
import { type MessageOwner, MessageReader } from "./http1_reader.ts";
import { sniffRequest, startsResponse } from "./http1_sniff.ts";
import { parseTarget } from "./request_target.ts";

/** An exchange that got no byte for so long is over: a model may think for minutes before its first byte. */
const WAITING_LIMIT_NS = 900e9;
/** A message that began and got no byte for so long is over. */
const STREAM_LIMIT_NS = 300e9;

/** An exchange whose framing is still under way. */
interface Entry {
  readonly exchange: MutableExchange;
  requestSink: BodySink | undefined;
  isRequestOver: boolean;
  /** The call stage was told the end; what still comes is dropped. */
  isTold: boolean;
  /** Lower-case protocol the client asked to switch to; the request stays open until the answer. */
  upgrade: string | undefined;
}

class Http1Parser implements ConnectionParser, MessageOwner {
  readonly #connection: ConnectionFacts;
  readonly #sink: ExchangeSink;
  readonly #requests: MessageReader;
  readonly #responses: MessageReader;
  /** In order of request; the first is the one the next response belongs to. */
  readonly #entries: Entry[] = [];
  /** Entry whose request is being read. */
  #current: Entry | undefined;
  #ordinal = 0;
  #isRequestUnsure: boolean;
  #switch: FlowOutcome | undefined;

  constructor(connection: ConnectionFacts, sink: ExchangeSink) {
    this.#connection = connection;
    this.#sink = sink;
    this.#isRequestUnsure = connection.joinedLate;
    this.#requests = new MessageReader("request", this, connection.joinedLate);
    this.#responses = new MessageReader("response", this, connection.joinedLate);
  }

  get heldBytes(): number {
    return this.#requests.heldBytes + this.#responses.heldBytes;
  }

  get inFlight(): number {
    return this.#entries.length;
  }

  push(flow: Flow, bytes: Uint8Array, timeNs: number): FlowOutcome {
    const consumed = (flow === "request" ? this.#requests : this.#responses).push(bytes, timeNs);
    if (this.#switch === undefined) return OK;
    const outcome = this.#switch;
    this.#switch = undefined;
    return outcome.type === "switch" ? { ...outcome, rest: bytes.subarray(consumed) } : outcome;
  }

  gap(flow: Flow, lostBytes: number, reason: string, timeNs: number): void {
    (flow === "request" ? this.#requests : this.#responses).gap(lostBytes, reason, timeNs);
  }

  close(completeness: Completeness, reason: string, timeNs: number): void {
    this.#requests.close(completeness, reason, timeNs);
    this.#responses.close(completeness, reason, timeNs);
    const cut = completeness === "complete" ? "aborted" : completeness;
    while (this.#entries.length > 0) {
      for (const entry of this.#entries) this.#tellEnd(entry, cut, reason, timeNs);
      this.#entries.length = 0;
    }
    this.#current = undefined;
  }

  advance(nowNs: number): void {
    for (const entry of this.#entries) {
      const { request, response } = entry.exchange;
      const lastNs = Math.max(request.lastByteNs, response?.lastByteNs ?? 0);
      const limitNs = response === undefined && entry.isRequestOver ? WAITING_LIMIT_NS : STREAM_LIMIT_NS;
      if (!entry.isTold && nowNs - lastNs > limitNs) this.#cut(entry, "truncated", "idle_timeout", lastNs);
    }
  }

  evict(reason: string, timeNs: number): boolean {
    const entry = this.#entries.find((entry) => !entry.isTold);
    if (entry === undefined) return false;
    this.#cut(entry, "truncated", reason, timeNs);
    return true;
  }

  head(reader: MessageReader, head: Head, firstByteNs: number, timeNs: number): void {
    if (reader === this.#requests) this.#requestHead(head, firstByteNs, timeNs);
    else this.#responseHead(head, firstByteNs, timeNs);
  }

  ended(reader: MessageReader, timeNs: number): void {
    if (reader === this.#requests) {
      const entry = this.#current;
      this.#current = undefined;
      if (entry === undefined) return;
      entry.isRequestOver = true;
      if (!this.#entries.includes(entry)) this.#tellEnd(entry, "complete", "", timeNs);
      return;
    }
    const entry = this.#entries.shift();
    if (entry?.isRequestOver) this.#tellEnd(entry, "complete", "", timeNs);
  }

  lostSync(reader: MessageReader, reason: string, timeNs: number): void {
    if (reader === this.#requests) {
      this.#isRequestUnsure = true;
      return;
    }
    // Which response the next one will be is unknown: whatever waits for one does not get it.
    this.#cutAll(reason, timeNs);
  }

  mayStart(reader: MessageReader, bytes: Uint8Array): boolean {
    if (reader === this.#requests) return sniffRequest(bytes) !== 0;
    return startsResponse(bytes) && this.#entries.some((entry) => !entry.isTold);
  }

  mayResume(reader: MessageReader): boolean {
    return reader === this.#requests
      ? this.#current !== undefined
      : this.#entries.length === 1 && !this.#isRequestUnsure;
  }

  #requestHead(head: Head, firstByteNs: number, timeNs: number): void {
    const line = parseRequestLine(head.startLine);
    if (line === undefined) return this.#requests.loseSync("start_line", timeNs);
    const framing = requestFraming(head.headers);
    if (framing === undefined) return this.#requests.loseSync("framing", timeNs);
    if (this.#isRequestUnsure) this.#settlePairing(timeNs);
    const request = this.#toRequest(head, line.method, line.target, firstByteNs, timeNs);
    const exchange: MutableExchange = {
      connection: this.#connection,
      ordinal: this.#ordinal++,
      protocol: line.protocol,
      request,
    };
    addTransferCodings(head.headers);
    const entry: Entry = {
      exchange,
      requestSink: undefined,
      isRequestOver: false,
      isTold: false,
      upgrade: framing.type === "none" ? upgradeOf(line.method, head) : undefined,
    };
    this.#entries.push(entry);
    this.#current = entry;
    entry.requestSink = this.#sink.request(exchange);
    if (entry.upgrade === undefined) this.#requests.begin(framing, request, entry.requestSink, timeNs);
    else this.#requests.hold();
  }

  #toRequest(head: Head, method: string, sent: string, firstByteNs: number, timeNs: number): HttpRequest {
    const { target, path, host } = parseTarget(sent, head.headers.get("host"), this.#connection.transport);
    const message = toMessage(head, firstByteNs, timeNs);
    return host === undefined ? { ...message, method, target, path } : { ...message, method, target, path, host };
  }

  #responseHead(head: Head, firstByteNs: number, timeNs: number): void {
    const line = parseStatusLine(head.startLine);
    if (line === undefined) return this.#responses.loseSync("start_line", timeNs);
    if (line.status < 200 && line.status !== 101) return;
    const entry = this.#entries[0];
    // Without its request the framing is unsure too (HEAD has no body).
    if (entry === undefined) return this.#responses.loseSync("no_request", timeNs);
    const framing = responseFraming(line.status, head.headers, entry.exchange.request.method);
    if (framing === undefined) return this.#responses.loseSync("framing", timeNs);
    const response = { ...toMessage(head, firstByteNs, timeNs), status: line.status };
    addTransferCodings(head.headers);
    if (!entry.isTold) entry.exchange.response = response;
    const isSwitch = entry.upgrade !== undefined && !entry.isTold &&
      (line.status === 101 || (entry.upgrade === "tunnel" && line.status < 300));
    if (isSwitch && entry.upgrade === "websocket") entry.exchange.protocol = "websocket";
    const sink = entry.isTold ? undefined : this.#sink.response(entry.exchange);
    if (isSwitch) return this.#handOver(entry, sink, timeNs);
    if (entry.upgrade !== undefined) this.#refuseUpgrade(entry, timeNs);
    this.#responses.begin(framing, response, sink, timeNs);
  }

  #refuseUpgrade(entry: Entry, timeNs: number): void {
    entry.upgrade = undefined;
    this.#endHeldRequest(entry, timeNs);
    this.#requests.release(timeNs);
  }

  #endHeldRequest(entry: Entry, timeNs: number): void {
    entry.isRequestOver = true;
    if (this.#current === entry) this.#current = undefined;
    if (entry.isTold) return;
    entry.exchange.request.completeness = "complete";
    entry.requestSink?.end("complete", timeNs);
  }

  #handOver(entry: Entry, responseSink: BodySink | undefined, timeNs: number): void {
    const requestRest = this.#requests.stop();
    this.#responses.stop();
    this.#entries.shift();
    if (entry.upgrade === "tunnel") {
      this.#endHeldRequest(entry, timeNs);
      entry.exchange.response!.completeness = "complete";
      responseSink?.end("complete", timeNs);
      this.#tellEnd(entry, "complete", "", timeNs);
      return this.#sink.undecodable(this.#connection, "tunnel", timeNs);
    }
    this.#switch = {
      type: "switch",
      to: entry.upgrade ?? "",
      rest: requestRest,
      handover: {
        exchange: entry.exchange,
        requestSink: entry.requestSink,
        responseSink,
        requestRest: requestRest.length > 0 ? requestRest : undefined,
        nextOrdinal: this.#ordinal,
      },
    };
  }

  /** A request is seen after some may have been lost: earlier exchanges must be over, else their answers cannot be told apart. */
  #settlePairing(timeNs: number): void {
    this.#isRequestUnsure = false;
    if (this.#entries.length === 0) return;
    this.#cutAll("pairing", timeNs);
    this.#responses.loseSync("pairing", timeNs);
  }

  #cutAll(reason: string, timeNs: number): void {
    for (const entry of this.#entries) this.#cut(entry, "gap", reason, timeNs);
    const current = this.#current;
    this.#entries.length = 0;
    if (current !== undefined && !current.isRequestOver) this.#entries.push(current);
  }

  /** Ends an exchange towards the call stage while its bytes may still come. */
  #cut(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    if (entry.isTold) return;
    if (entry === this.#current) this.#requests.abandon(completeness, reason, timeNs);
    if (entry === this.#entries[0]) this.#responses.abandon(completeness, reason, timeNs);
    this.#tellEnd(entry, completeness, reason, timeNs);
  }

  #tellEnd(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    if (entry.isTold) return;
    entry.isTold = true;
    const { request, response } = entry.exchange;
    if (request.completeness === "in_flight") {
      request.completeness = completeness;
      if (reason !== "") request.reasons.push(reason);
      entry.requestSink?.end(completeness, timeNs);
    }
    if (response === undefined && reason !== "") request.reasons.push(`no_response:${reason}`);
    this.#sink.exchangeEnd(entry.exchange, timeNs);
  }
}

function toMessage(head: Head, firstByteNs: number, timeNs: number): HttpMessage {
  return {
    headers: head.headers,
    firstByteNs,
    lastByteNs: timeNs,
    wireBodyBytes: 0,
    completeness: "in_flight",
    reasons: [],
  };
}

/** Codings of the transfer are undone where those of the content are: after them in the list. */
function addTransferCodings(headers: Map<string, string>): void {
  const codings = transferCodings(headers);
  if (codings === "") return;
  const before = headers.get("content-encoding");
  headers.set("content-encoding", before === undefined ? codings : `${before}, ${codings}`);
}

function upgradeOf(method: string, head: Head): string | undefined {
  if (method === "CONNECT") return "tunnel";
  const upgrade = head.headers.get("upgrade");
  if (upgrade === undefined || !(head.headers.get("connection") ?? "").toLowerCase().includes("upgrade")) {
    return undefined;
  }
  return upgrade.toLowerCase();
}

/** HTTP/1.0 and HTTP/1.1. */
export const http1: ConnectionFormat = {
  id: "http1",
  summary: "HTTP/1.0 and HTTP/1.1 with pipelining, chunked coding and upgrades",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc9112",
  sniff: (clientBytes) => sniffRequest(clientBytes),
  sniffJoined: (bytes, flow) => (flow === "request" ? sniffRequest(bytes) ?? 0 : startsResponse(bytes) ? 0.8 : 0),
  createParser: (connection, sink) => new Http1Parser(connection, sink),
};
