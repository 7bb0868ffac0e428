/**
 * Overwrites the credentials in HTTP/1 heads with `*`, in place and of equal length, so that a recording holds none and decodes
 * as before. The word before a credential (`Bearer`) and a vendor's public beginning of keys stay: events name them.
 */
import { PROVIDERS } from "../decode/provider/registry.ts";
import { joinBytes } from "./joined_bytes.ts";

const STAR = 42;
const SPACE = 32;
const CR = 13;
const LF = 10;
const COLON = 58;
const MAX_HEAD_BYTES = 256 * 1024;

/** Headers whose values are credentials, lower case. */
const CREDENTIAL_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "ocp-apim-subscription-key",
  "xi-api-key",
  "x-auth-token",
  "x-amz-security-token",
  "x-goog-iam-authorization-token",
  "openai-ephemeral-user-key",
]);
/** Parameters of a URL whose values are credentials. */
const CREDENTIAL_PARAMETER =
  /[?&](?:key|api_key|api-key|apikey|access_token|token|sig|signature|x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|credential))=([^&\s#]*)/gi;
const PREFIXES = [...new Set(PROVIDERS.flatMap((row) => row.keyPrefixes ?? []))].sort((a, b) => b.length - a.length);
const latin1 = new TextDecoder("latin1");

/**
 * Masks the heads at the front of a message that is cut into `pieces`: the final head and the interim ones (1xx) before it.
 * `isAll`: every line that looks like one of a head, wherever it is, for other requests may begin in the same record. Returns
 * false when the head does not end in them; what is there is masked all the same.
 */
export function maskHeads(pieces: readonly Uint8Array[], isAll = false): boolean {
  const [only] = pieces;
  const whole = pieces.length === 1 && only !== undefined ? only : joinBytes(pieces);
  let at = 0;
  let isEnded = false;
  if (isAll) maskHead(whole, 0, whole.length);
  for (;;) {
    const end = findHeadEnd(whole, at);
    isEnded = end >= 0;
    maskHead(whole, at, isEnded ? end : Math.min(whole.length, at + MAX_HEAD_BYTES));
    if (!isEnded || !isInterim(whole, at)) break;
    at = end;
  }
  if (pieces.length > 1 || pieces[0] !== whole) spread(whole, pieces);
  return isEnded;
}

function spread(whole: Uint8Array, pieces: readonly Uint8Array[]): void {
  let at = 0;
  for (const piece of pieces) {
    piece.set(whole.subarray(at, at + piece.length));
    at += piece.length;
  }
}

function isInterim(bytes: Uint8Array, at: number): boolean {
  return /^HTTP\/1\.[01] 1\d\d/.test(latin1.decode(bytes.subarray(at, at + 12)));
}

/** The index behind the empty line, or -1. */
function findHeadEnd(bytes: Uint8Array, from: number): number {
  const limit = Math.min(bytes.length, from + MAX_HEAD_BYTES);
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < limit; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

function maskHead(bytes: Uint8Array, from: number, end: number): void {
  let isCredential = false;
  for (let at = from; at < end;) {
    const lineFeed = bytes.indexOf(LF, at);
    const next = lineFeed < 0 || lineFeed >= end ? end : lineFeed + 1;
    if (at === from || isRequestLine(bytes, next)) {
      maskTarget(bytes, at, next);
    } else if (bytes[at] === SPACE || bytes[at] === 9) {
      // A folded line continues the value before it.
      if (isCredential) stars(bytes, at + 1, next);
    } else {
      isCredential = maskField(bytes, at, next);
    }
    at = next;
  }
}

/** `HTTP/1.1` and the line's end before `end`. */
function isRequestLine(bytes: Uint8Array, end: number): boolean {
  if (bytes[end - 1] !== LF) return false;
  return / HTTP\/1\.[01]\r?\n$/.test(latin1.decode(bytes.subarray(Math.max(0, end - 11), end)));
}

function maskTarget(bytes: Uint8Array, from: number, end: number): void {
  const line = latin1.decode(bytes.subarray(from, end));
  for (const match of line.matchAll(CREDENTIAL_PARAMETER)) {
    const value = match[1] ?? "";
    const start = from + match.index + match[0].length - value.length;
    stars(bytes, start + publicLength(value), start + value.length);
  }
}

function maskField(bytes: Uint8Array, from: number, end: number): boolean {
  const colon = bytes.subarray(from, end).indexOf(COLON);
  if (colon < 0) return false;
  const name = latin1.decode(bytes.subarray(from, from + colon)).trim().toLowerCase();
  if (!CREDENTIAL_HEADERS.has(name)) return false;
  let start = from + colon + 1;
  while (start < end && bytes[start] === SPACE) start++;
  const value = latin1.decode(bytes.subarray(start, end)).trimEnd();
  stars(bytes, start + publicLength(value), start + value.length);
  return true;
}

/** Length of what stays: the scheme's word and its space, then the vendor's public beginning. */
function publicLength(value: string): number {
  const scheme = /^[A-Za-z][A-Za-z0-9-]{1,30} +(?=\S)/.exec(value)?.[0] ?? "";
  const key = value.slice(scheme.length);
  return scheme.length + (PREFIXES.find((prefix) => key.startsWith(prefix))?.length ?? 0);
}

function stars(bytes: Uint8Array, from: number, end: number): void {
  for (let at = from; at < end; at++) if (bytes[at] !== CR && bytes[at] !== LF) bytes[at] = STAR;
}
