import type { HttpHeaders } from "../model/http_exchange.ts";

const RATE_LIMIT_NAME = /^(?:x-|anthropic-)?ratelimit-/;

/** Headers that carry the vendor's id of a call, for answers whose body has none. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid"] as const;

/** Rate-limit headers by name; undefined when there are none. */
export function readRateLimit(headers: HttpHeaders): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  for (const [name, value] of headers) {
    if (name.includes("ratelimit-") && RATE_LIMIT_NAME.test(name)) (found ??= {})[name] = value;
  }
  return found;
}

/** Milliseconds the vendor asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date beside `date`. */
export function readRetryAfterMs(headers: HttpHeaders): number | undefined {
  const exact = toAmount(headers.get("retry-after-ms"));
  if (exact !== undefined) return exact;
  const value = headers.get("retry-after");
  if (value === undefined) return undefined;
  const seconds = toAmount(value);
  if (seconds !== undefined) return seconds * 1000;
  const waitMs = Date.parse(value) - Date.parse(headers.get("date") ?? "");
  return Number.isFinite(waitMs) && waitMs >= 0 ? waitMs : undefined;
}

/** The vendor's id of the call as far as headers tell it. */
export function readRequestId(headers: HttpHeaders): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const value = headers.get(name);
    if (value) return value;
  }
  return undefined;
}

/** Cost in USD that a gateway states in its headers. */
export function readStatedCostUsd(headers: HttpHeaders): number | undefined {
  return toAmount(headers.get("x-litellm-response-cost"));
}

function toAmount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
