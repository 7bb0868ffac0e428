import type { HttpExchange } from "./http_exchange.ts";

/** A whole exchange of a text input (`--from exchanges|har`), decoded framing included. */
export interface InputExchange {
  readonly exchange: HttpExchange;
  /** Bodies after transfer coding, before content coding; owned by the receiver. */
  readonly requestBody: Uint8Array;
  readonly responseBody: Uint8Array;
}
