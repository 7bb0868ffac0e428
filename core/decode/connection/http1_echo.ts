import type { HttpHeaders } from "../../model/http_exchange.ts";
import type { AnswerHead, Entry } from "./http1_entry.ts";

/** Requests of unknown order that wait for an answer which names them. */
export const MAX_NAMED = 64;

/** Fields in which a client names a request and a server may say the name again. */
const ID_FIELDS = ["x-request-id", "x-client-request-id", "x-correlation-id", "request-id", "idempotency-key"] as const;
/** Shorter values are counters that start anew with each server. */
const LEAST_ID_CHARS = 6;
/** `version-traceid-spanid-flags`: the second part names the call at both ends. */
const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/** Whether a request carries a name that its answer may repeat. */
export function hasName(request: HttpHeaders): boolean {
  return ID_FIELDS.some((field) => (request.get(field)?.length ?? 0) >= LEAST_ID_CHARS) ||
    traceId(request) !== undefined;
}

/**
 * Gives the one request that an answer names, or, with `knowsLast` (none came behind the last one), the last one where both ends
 * say that it is. A server that closes because of an error may do so at any request.
 */
export function findAsked(
  asked: readonly Entry[],
  { headers, status }: AnswerHead,
  knowsLast: boolean,
): Entry | undefined {
  const named = asked.filter(({ exchange }) => repeatsName(exchange.request.headers, headers));
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const last = asked.at(-1);
  if (last === undefined || !knowsLast || status >= 400) return undefined;
  return saysClose(last.exchange.request.headers) && saysClose(headers) ? last : undefined;
}

function repeatsName(request: HttpHeaders, response: HttpHeaders): boolean {
  for (const field of ID_FIELDS) {
    const name = request.get(field);
    if (name !== undefined && name.length >= LEAST_ID_CHARS && name === response.get(field)) return true;
  }
  const trace = traceId(request);
  return trace !== undefined && trace === traceId(response);
}

function traceId(headers: HttpHeaders): string | undefined {
  const sent = headers.get("traceparent");
  return sent === undefined ? undefined : TRACE_ID.exec(sent)?.[1];
}

function saysClose(headers: HttpHeaders): boolean {
  return headers.get("connection")?.trim().toLowerCase() === "close";
}
