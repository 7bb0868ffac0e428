import type { Plugin } from "../../model/plugin.ts";
import type { Completeness, ConnectionFacts, HttpExchange } from "../../model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../exchange_sink.ts";

/** One direction as the HTTP roles see it. */
export type Flow = "request" | "response";

/** An exchange that goes on in another format after an upgrade. */
export interface Handover {
  /** The upgrade request with its answer. Its sinks are still open. */
  readonly exchange: MutableExchange;
  /** Undefined: not wanted. */
  readonly requestSink: BodySink | undefined;
  readonly responseSink: BodySink | undefined;
  /** Bytes of the client that arrived before the answer; owned by the receiver. */
  readonly requestRest: Uint8Array | undefined;
  /** Ordinal of the next exchange on this connection. */
  readonly nextOrdinal: number;
}

/** An exchange whose protocol may still change by an upgrade. Only connection formats hold it. */
export interface MutableExchange extends Omit<HttpExchange, "protocol"> {
  protocol: HttpExchange["protocol"];
}

/**
 * What a connection parser answers: go on, hand the rest of both directions to another format, or give up. `rest` is a view of
 * the pushed bytes that belong to the new format.
 */
export type FlowOutcome =
  | { readonly type: "ok" }
  | { readonly type: "switch"; readonly to: string; readonly rest: Uint8Array; readonly handover: Handover }
  | { readonly type: "invalid"; readonly reason: string };

/** The outcome of nearly every call. */
export const OK: FlowOutcome = { type: "ok" };

/** Turns the bytes of one connection into exchanges. Never throws on input; holds bounded memory. */
export interface ConnectionParser {
  /** Next bytes of one flow, in order. The view is valid only during the call. */
  push(flow: Flow, bytes: Uint8Array, timeNs: number): FlowOutcome;
  /** `lostBytes` (0: unknown) are missing in one flow; the parser resynchronises where that is provable. */
  gap(flow: Flow, lostBytes: number, reason: string, timeNs: number): void;
  /** Bytes of this flow are missing at its end so far, nobody knows how many; `gap` tells it with the flow's next bytes. */
  lostAhead?(flow: Flow): void;
  /** The connection, or the capture, ended. Ends every exchange. `complete`: the peers closed it. */
  close(completeness: Completeness, reason: string, timeNs: number): void;
  /** Time passed: ends exchanges that wait longer than their idle limit. */
  advance(nowNs: number): void;
  /** Ends the exchange that is idle longest as `truncated`, keeping the framing. False when there is none. */
  evict(reason: string, timeNs: number): boolean;
  /**
   * False: bytes of this flow would belong to no exchange, because the request is not there yet. Asked only where records may
   * arrive out of order.
   */
  isExpecting(flow: Flow): boolean;
  /** Exchanges under way. */
  readonly inFlight: number;
  /** Bytes held right now, for the memory budget. */
  readonly heldBytes: number;
}

/** One protocol on a connection: bytes → exchanges. */
export interface ConnectionFormat extends Plugin {
  /** The specification it follows. */
  readonly specUrl: string;
  /** 0..1: how surely the first bytes the client sent are this format; `undefined` = more bytes are needed. */
  sniff(clientBytes: Uint8Array): number | undefined;
  /**
   * 0..1: how surely a record of a connection that was open before capture is this format, by either flow's bytes at a record
   * boundary. `flow` is the flow the bytes would belong to.
   */
  sniffJoined(bytes: Uint8Array, flow: Flow): number;
  /** Creates the parser of one connection. With `connection.joinedLate` it waits for a provable message start. */
  createParser(connection: ConnectionFacts, sink: ExchangeSink): ConnectionParser;
  /** Names in an `Upgrade` field that lead to this format, lower case. */
  readonly upgradeTokens?: readonly string[];
  /** Creates the parser that goes on after an upgrade. Formats without it cannot be switched to. */
  createUpgraded?(connection: ConnectionFacts, sink: ExchangeSink, handover: Handover): ConnectionParser;
}
