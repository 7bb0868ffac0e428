import type { HttpHeaders } from "../model/http_exchange.ts";
import type { ModelError } from "../model/model_call.ts";

/** Most vendors' names, Mistral's by size, and what Cohere says of the calls of a key. */
const RATE_LIMIT_NAME =
  /^(?:x-|anthropic-)?ratelimit(?:bysize)?-|^x-(?:trial-)?endpoint-(?:monthly-)?call-(?:limit|remaining)$/;

/** Headers that carry the vendor's id of a call, for answers whose body has none. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid"] as const;

/** Rate-limit headers by name; undefined when there are none. */
export function readRateLimit(headers: HttpHeaders): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  for (const [name, value] of headers) {
    if ((name.includes("ratelimit") || name.includes("-call-")) && RATE_LIMIT_NAME.test(name)) {
      (found ??= {})[name] = value;
    }
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

/** Names of gRPC's status codes by number. */
const GRPC_CODES = (
  "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED " +
  "FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED"
).split(" ");

/**
 * The error that gRPC's `grpc-status` tells, from the head or the trailers of an answer; undefined when there is none or it is 0.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md (read 2026-11-21)
 */
export function readGrpcError(headers: HttpHeaders): ModelError | undefined {
  const code = headers.get("grpc-status")?.trim();
  if (code === undefined || code === "0" || !/^\d{1,3}$/.test(code)) return undefined;
  const type = GRPC_CODES[Number(code)];
  const message = headers.get("grpc-message");
  return {
    ...(type !== undefined && { type }),
    code,
    ...(message !== undefined && message !== "" && { message: decodePercent(message) }),
  };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Cost in USD that a gateway states in its headers. */
export function readStatedCostUsd(headers: HttpHeaders): number | undefined {
  return toAmount(headers.get("x-litellm-response-cost"));
}

function toAmount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
