import type { Completeness, ConnectionFacts, HttpExchange } from "../model/http_exchange.ts";

/**
 * Takes the body bytes of one message, after transfer coding and before content coding. Bytes are views that are valid only
 * during the call: whoever keeps them copies them.
 */
export interface BodySink {
  /** Next bytes, in order. */
  data(bytes: Uint8Array, timeNs: number): void;
  /** Bytes are missing here; `lostBytes` is 0 when unknown. */
  gap(lostBytes: number, reason: string): void;
  /** No more bytes. Called exactly once. */
  end(completeness: Completeness, timeNs: number): void;
}

/**
 * Takes the exchanges of one connection as they arrive. A connection format calls it; the call stage implements it. Order per
 * exchange: `request` → body sink → `requestEnd`; `response` → body sink → `responseEnd`; `exchangeEnd` last and exactly once.
 */
export interface ExchangeSink {
  /** A request head is complete. Undefined: the body is not wanted and may be dropped without being looked at. */
  request(exchange: HttpExchange): BodySink | undefined;
  /** A final (not 1xx) response head is complete; `exchange.response` is set. Undefined: body not wanted. */
  response(exchange: HttpExchange): BodySink | undefined;
  /** Nothing more will come for this exchange (both sides ended, or the connection did). */
  exchangeEnd(exchange: HttpExchange, timeNs: number): void;
  /** The connection speaks something this program does not decode. */
  undecodable(connection: ConnectionFacts, reason: string, timeNs: number): void;
}
