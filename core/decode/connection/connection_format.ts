import type { Plugin } from "../../model/plugin.ts";
import type { Completeness, ConnectionFacts } from "../../model/http_exchange.ts";
import type { ExchangeSink } from "../exchange_sink.ts";

/** One direction as the HTTP roles see it. */
export type Flow = "request" | "response";

/** What a connection parser answers: go on, hand the rest of both directions to another format, or give up. */
export type FlowOutcome =
  | { readonly type: "ok" }
  | { readonly type: "switch"; readonly to: string; readonly rest?: Uint8Array }
  | { readonly type: "invalid"; readonly reason: string };

/** Turns the bytes of one connection into exchanges. Never throws on input; holds bounded memory. */
export interface ConnectionParser {
  /** Next bytes of one flow, in order. The view is valid only during the call. */
  push(flow: Flow, bytes: Uint8Array, timeNs: number): FlowOutcome;
  /** `lostBytes` are missing in one flow; the parser resynchronises where that is provable. */
  gap(flow: Flow, lostBytes: number, reason: string, timeNs: number): void;
  /** The connection, or the capture, ended. */
  close(completeness: Completeness, reason: string, timeNs: number): void;
  /** Time passed: ends exchanges that wait longer than their idle limit. */
  advance(nowNs: number): void;
  /** Bytes held right now, for the memory budget. */
  readonly heldBytes: number;
}

/** One protocol on a connection: bytes → exchanges. */
export interface ConnectionFormat extends Plugin {
  /** The specification it follows. */
  readonly specUrl: string;
  /** 0..1: how surely the first bytes the client sent are this format; `undefined` = more bytes are needed. */
  sniff(clientBytes: Uint8Array): number | undefined;
  /** Creates the parser of one connection. */
  createParser(connection: ConnectionFacts, sink: ExchangeSink): ConnectionParser;
}
