/**
 * HTTP/1.0 and HTTP/1.1: keep-alive, pipelining, all body framings, 1xx, upgrades and tunnels.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112 (read 2026-11-21)
 */
import type {
  Completeness,
  ConnectionFacts,
  HttpMessage,
  HttpRequest,
  HttpResponse,
} from "../../model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../exchange_sink.ts";
import {
  type ConnectionFormat,
  type ConnectionParser,
  type Flow,
  type FlowOutcome,
  type MutableExchange,
  OK,
} from "./connection_format.ts";
import { type Framing, requestFraming, responseFraming, transferCodings } from "./http1_framing.ts";
import { type Head, parseRequestLine, parseStatusLine } from "./http1_head.ts";
import type { Entry } from "./http1_entry.ts";
import { Pairing } from "./http1_pairing.ts";
import { type MessageOwner, MessageReader } from "./http1_reader.ts";
import { sniffRequest, startsFinalResponse, startsResponse } from "./http1_sniff.ts";
import { parseTarget } from "./request_target.ts";

/** An exchange that got no byte for so long is over: a model may think for minutes before its first byte. */
const WAITING_LIMIT_NS = 900e9;
/** A message that began and got no byte for so long is over. */
const STREAM_LIMIT_NS = 300e9;
/** What a CONNECT asks to switch to. */
const TUNNEL = "tunnel";

/** Protocols in which the answer to the upgrade request itself comes after the switch (RFC 7540 3.2). */
const ANSWERED_LATER: ReadonlySet<string> = new Set(["h2c"]);

class Http1Parser implements ConnectionParser, MessageOwner {
  readonly #connection: ConnectionFacts;
  readonly #sink: ExchangeSink;
  readonly #requests: MessageReader;
  readonly #responses: MessageReader;
  readonly #pairing: Pairing;
  #ordinal = 0;
  #switch: (FlowOutcome & { readonly type: "switch" }) | undefined;
  /** Switches as soon as its request, which was answered early, is over. */
  #switching: Entry | undefined;

  constructor(connection: ConnectionFacts, sink: ExchangeSink) {
    const { joinedLate, tellsLoss } = connection;
    this.#connection = connection;
    this.#sink = sink;
    this.#requests = new MessageReader("request", this, joinedLate);
    this.#responses = new MessageReader("response", this, joinedLate);
    this.#pairing = new Pairing(sink, () => this.#requests, () => this.#responses, joinedLate, tellsLoss === true);
  }

  get heldBytes(): number {
    return this.#requests.heldBytes + this.#responses.heldBytes;
  }

  get inFlight(): number {
    return this.#pairing.inFlight;
  }

  push(flow: Flow, bytes: Uint8Array, timeNs: number): FlowOutcome {
    const pairing = this.#pairing;
    if (flow === "request") pairing.isRequestLostAhead = false;
    else pairing.isResponseLostAhead = false;
    pairing.order.seen(timeNs);
    const consumed = (flow === "request" ? this.#requests : this.#responses).push(bytes, timeNs);
    if (this.#switch === undefined) return OK;
    const found = this.#switch;
    this.#switch = undefined;
    const rest = bytes.subarray(consumed);
    return flow === "response" ? { ...found, rest } : { ...found, handover: { ...found.handover, requestRest: rest } };
  }

  gap(flow: Flow, lostBytes: number, reason: string, timeNs: number): void {
    (flow === "request" ? this.#requests : this.#responses).gap(lostBytes, reason, timeNs);
  }

  lostAhead(flow: Flow): void {
    if (flow === "request") this.#pairing.isRequestLostAhead = true;
    else this.#pairing.isResponseLostAhead = true;
  }

  close(completeness: Completeness, reason: string, timeNs: number): void {
    // Nobody is left to switch to: what waits for it ends with everything else.
    this.#switching = undefined;
    this.#requests.close(completeness, reason, timeNs);
    this.#responses.close(completeness, reason, timeNs);
    this.#pairing.close(completeness === "complete" ? "aborted" : completeness, reason, timeNs);
  }

  advance(nowNs: number): void {
    for (const entry of this.#pairing.waiting()) {
      const { request, response } = entry.exchange;
      const lastNs = Math.max(request.lastByteNs, response?.lastByteNs ?? 0);
      const limitNs = response === undefined && entry.isRequestOver ? WAITING_LIMIT_NS : STREAM_LIMIT_NS;
      if (nowNs - lastNs > limitNs) this.#pairing.cut(entry, "truncated", "idle_timeout", lastNs);
    }
  }

  evict(reason: string, timeNs: number): boolean {
    const [entry] = this.#pairing.waiting();
    if (entry === undefined) return false;
    this.#pairing.cut(entry, "truncated", reason, timeNs);
    return true;
  }

  isExpecting(flow: Flow): boolean {
    return flow === "request" || this.#pairing.entries.length > 0;
  }

  head(reader: MessageReader, head: Head, firstByteNs: number, timeNs: number): void {
    if (reader === this.#requests) this.#requestHead(head, firstByteNs, timeNs);
    else this.#responseHead(head, firstByteNs, timeNs);
  }

  ended(reader: MessageReader, timeNs: number): void {
    if (reader === this.#requests) this.#requestEnded(timeNs);
    else this.#pairing.responseEnded(timeNs);
  }

  #requestEnded(timeNs: number): void {
    const entry = this.#pairing.current;
    this.#pairing.requestEnded(timeNs);
    if (entry?.upgrade === undefined) return;
    // What follows is of the new protocol, or not: the answer says it.
    if (this.#switching === entry) this.#handOver(entry, undefined, timeNs);
    else this.#requests.hold();
  }

  lostSync(reader: MessageReader, reason: string, timeNs: number, isHeadLost: boolean): void {
    if (reader === this.#requests) this.#pairing.requestLost(isHeadLost);
    else {
      this.#switching = undefined;
      this.#pairing.responseLost(reason, isHeadLost, timeNs);
    }
  }

  unsureOfChunks(reader: MessageReader, reason: string, timeNs: number): void {
    if (reader === this.#responses) this.#pairing.responseUnsure(reason, timeNs);
  }

  mayStart(reader: MessageReader, bytes: Uint8Array): boolean {
    if (reader === this.#requests) return sniffRequest(bytes) !== 0;
    // The answer under way cannot be followed by another before another was asked for.
    if (!startsResponse(bytes)) return false;
    if (this.#pairing.mayAnswer(reader.isInMessage)) return true;
    if (startsFinalResponse(bytes)) this.#pairing.orphan();
    return false;
  }

  mayResume(reader: MessageReader): boolean {
    if (reader === this.#requests) return this.#pairing.current !== undefined;
    return this.#pairing.mayResumeResponse();
  }

  #requestHead(head: Head, firstByteNs: number, timeNs: number): void {
    const line = parseRequestLine(head.startLine);
    if (line === undefined) return this.#requests.loseSync("start_line", timeNs);
    const framing = requestFraming(head.headers);
    if (framing === undefined) return this.#requests.loseSync("framing", timeNs);
    const request = this.#toRequest(head, line.method, line.target, firstByteNs, timeNs);
    addTransferCodings(head.headers);
    const exchange: MutableExchange = {
      connection: this.#connection,
      ordinal: this.#ordinal++,
      protocol: line.protocol,
      request,
    };
    const upgrade = upgradeOf(line.method, head);
    const hasBody = framing.type !== "none";
    const entry = this.#pairing.add(exchange, hasBody && !ANSWERED_LATER.has(upgrade ?? "") ? undefined : upgrade);
    entry.requestSink = this.#sink.request(exchange);
    if (entry.upgrade === undefined || hasBody) this.#requests.begin(framing, request, entry.requestSink, timeNs);
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
    const { status } = line;
    if (status < 200 && status !== 101) return;
    const entry = this.#pairing.match({ headers: head.headers, status, firstByteNs, timeNs });
    // Without its request the framing is unsure too (HEAD has no body).
    if (entry === undefined) return this.#responses.loseSync("no_request", timeNs);
    const framing = responseFraming(status, head.headers, entry.exchange.request.method);
    if (framing === undefined) return this.#responses.loseSync("framing", timeNs);
    const response = toResponse(head, status, framing, firstByteNs, timeNs);
    addTransferCodings(head.headers);
    const isSwitch = entry.upgrade !== undefined && !entry.isTold &&
      (status === 101 || (entry.upgrade === TUNNEL && status < 300));
    if (isSwitch && entry.upgrade === "websocket") entry.exchange.protocol = "websocket";
    const isAnswered = !entry.isTold && !(isSwitch && ANSWERED_LATER.has(entry.upgrade ?? ""));
    if (isAnswered) entry.exchange.response = response;
    const sink = isAnswered ? this.#sink.response(entry.exchange) : undefined;
    if (isSwitch && this.#requests.isInMessage && this.#pairing.current === entry) {
      this.#switching = entry;
      return this.#responses.hold();
    }
    if (isSwitch) return this.#handOver(entry, sink, timeNs);
    if (entry.upgrade !== undefined) this.#refuseUpgrade(entry, timeNs);
    this.#responses.begin(framing, response, sink, timeNs);
  }

  #refuseUpgrade(entry: Entry, timeNs: number): void {
    entry.upgrade = undefined;
    if (this.#pairing.current === entry && this.#requests.isInMessage) return;
    if (!entry.isRequestOver) this.#endHeldRequest(entry, timeNs);
    this.#requests.release(timeNs);
  }

  #endHeldRequest(entry: Entry, timeNs: number): void {
    entry.isRequestOver = true;
    if (this.#pairing.current === entry) this.#pairing.current = undefined;
    if (entry.isTold) return;
    entry.exchange.request.completeness = "complete";
    entry.requestSink?.end("complete", timeNs);
  }

  #handOver(entry: Entry, responseSink: BodySink | undefined, timeNs: number): void {
    const requestRest = this.#requests.stop();
    const rest = this.#responses.stop();
    this.#pairing.entries.shift();
    this.#pairing.current = undefined;
    if (entry.upgrade === TUNNEL) return this.#tunnel(entry, responseSink, timeNs);
    this.#switch = {
      type: "switch",
      to: entry.upgrade ?? "",
      rest,
      handover: {
        exchange: entry.exchange,
        requestSink: entry.isRequestOver ? undefined : entry.requestSink,
        responseSink,
        requestRest: requestRest.length > 0 ? requestRest : undefined,
        nextOrdinal: this.#ordinal,
      },
    };
  }

  #tunnel(entry: Entry, responseSink: BodySink | undefined, timeNs: number): void {
    this.#endHeldRequest(entry, timeNs);
    if (entry.exchange.response !== undefined) entry.exchange.response.completeness = "complete";
    responseSink?.end("complete", timeNs);
    this.#pairing.tellEnd(entry, "complete", "", timeNs);
    this.#sink.undecodable(this.#connection, TUNNEL, timeNs);
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

function toResponse(head: Head, status: number, { type }: Framing, firstByteNs: number, timeNs: number): HttpResponse {
  const message = toMessage(head, firstByteNs, timeNs);
  return type === "until_close" ? { ...message, status, isUntilClose: true } : { ...message, status };
}

/** Codings of the transfer are undone where those of the content are: after them in the list. */
function addTransferCodings(headers: Map<string, string>): void {
  const codings = transferCodings(headers);
  if (codings === "") return;
  const before = headers.get("content-encoding");
  headers.set("content-encoding", before === undefined ? codings : `${before}, ${codings}`);
}

function upgradeOf(method: string, head: Head): string | undefined {
  if (method === "CONNECT") return TUNNEL;
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
