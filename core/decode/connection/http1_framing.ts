/**
 * How long the body of an HTTP/1.x message is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3 (read 2026-11-21)
 */
import type { HttpHeaders } from "../../model/http_exchange.ts";

/**
 * `none` no body, `fixed` so many bytes, `chunked`, `until_close` all bytes up to the end of the connection; `hasBody`: there
 * must be some, so that a connection which ends before them was cut.
 */
export type Framing =
  | { readonly type: "none" }
  | { readonly type: "fixed"; readonly bodyBytes: number }
  | { readonly type: "chunked" }
  | { readonly type: "until_close"; readonly hasBody: boolean };

const NONE: Framing = { type: "none" };
const CHUNKED: Framing = { type: "chunked" };
const UNTIL_CLOSE: Framing = { type: "until_close", hasBody: false };
const BODY_UNTIL_CLOSE: Framing = { type: "until_close", hasBody: true };

/** Gives the framing of a request body; undefined when its length cannot be known. */
export function requestFraming(headers: HttpHeaders): Framing | undefined {
  const coding = headers.get("transfer-encoding");
  if (coding !== undefined && !isIdentity(coding)) return isChunked(coding) ? CHUNKED : undefined;
  const length = headers.get("content-length");
  return length === undefined ? NONE : fixed(length);
}

/** Gives the framing of the answer to a request with `method`; undefined when its length cannot be known. */
export function responseFraming(status: number, headers: HttpHeaders, method: string): Framing | undefined {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return NONE;
  const coding = headers.get("transfer-encoding");
  if (coding !== undefined && !isIdentity(coding)) return isChunked(coding) ? CHUNKED : untilClose(status);
  const length = headers.get("content-length");
  return length === undefined ? untilClose(status) : fixed(length);
}

/** An answer of 200 has a body (RFC 9110 15.3.1); one of no bytes would say so by its length. */
function untilClose(status: number): Framing {
  return status === 200 ? BODY_UNTIL_CLOSE : UNTIL_CLOSE;
}

/** Gives the transfer codings before `chunked`, which the body decoder undoes like content codings; "" when there are none. */
export function transferCodings(headers: HttpHeaders): string {
  const coding = headers.get("transfer-encoding");
  if (coding === undefined || coding === "chunked") return "";
  return coding.toLowerCase().split(",").map((part) => part.trim()).filter((part) =>
    part !== "" && part !== "chunked" && part !== "identity"
  ).join(", ");
}

function isChunked(coding: string): boolean {
  if (coding === "chunked") return true;
  const last = coding.slice(coding.lastIndexOf(",") + 1);
  return last.trim().toLowerCase() === "chunked";
}

/** RFC 2616 had `identity`; it means what its absence means. */
function isIdentity(coding: string): boolean {
  return coding.trim().toLowerCase() === "identity";
}

/** Equal repeated lengths count as one (RFC 9112 6.3, 5); different ones make the length unknown. */
function fixed(text: string): Framing | undefined {
  const comma = text.indexOf(",");
  const first = comma < 0 ? text : text.slice(0, comma).trim();
  if (comma >= 0 && text.split(",").some((part) => part.trim() !== first)) return undefined;
  if (first === "" || first.length > 15) return undefined;
  for (let i = 0; i < first.length; i++) {
    const code = first.charCodeAt(i);
    if (code < 48 || code > 57) return undefined;
  }
  const bodyBytes = Number(first);
  return bodyBytes === 0 ? NONE : { type: "fixed", bodyBytes };
}
