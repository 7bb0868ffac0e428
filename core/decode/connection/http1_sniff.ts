/** Recognises the beginning of HTTP/1.x messages. */

const SPACE = 32;
const SLASH = 47;
const ONE = 49;
const NINE = 57;
/** Longest method name that is believed; the longest registered one is UPDATEREDIRECTREF. */
const MAX_METHOD_BYTES = 24;
/** Longest start line that is looked through for its version. */
const MAX_LINE_BYTES = 64 * 1024;
const STATUS_START = [72, 84, 84, 80, 47, 49, 46];

/**
 * Says how surely `bytes` begin an HTTP/1.x request: 0 no, 0.9 a method and a plausible target, 1 a whole request line,
 * undefined when there are too few bytes to say. `PRI * HTTP/2.0` is none.
 */
export function sniffRequest(bytes: Uint8Array): number | undefined {
  let at = 0;
  while (at < bytes.length && (bytes[at] === 10 || bytes[at] === 13)) at++;
  const start = at;
  while (at < bytes.length && isMethodByte(bytes[at] ?? 0)) at++;
  const length = at - start;
  if (at === bytes.length) return length <= MAX_METHOD_BYTES ? undefined : 0;
  if (length < 3 || length > MAX_METHOD_BYTES || bytes[at] !== SPACE) return 0;
  const lineEnd = bytes.subarray(0, MAX_LINE_BYTES).indexOf(10, at);
  if (lineEnd < 0) return at + 1 < bytes.length ? sniffTarget(bytes, at + 1, length) : undefined;
  return hasVersion(bytes, lineEnd) ? 1 : 0;
}

/** True when `bytes` may begin an HTTP/1.x status line. */
export function startsResponse(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, STATUS_START.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== STATUS_START[i]) return false;
  return length > 0;
}

/** True when `bytes` begin the status line of an answer that is no interim one (1xx). */
export function startsFinalResponse(bytes: Uint8Array): boolean {
  const [space, status] = [bytes[8], bytes[9] ?? 0];
  return startsResponse(bytes) && space === SPACE && status > ONE && status <= NINE;
}

/** Without the line's end the target must look like one; an unfinished line is longer than `PRI * HTTP/2.0`. */
function sniffTarget(bytes: Uint8Array, at: number, methodBytes: number): number | undefined {
  const first = bytes[at] ?? 0;
  if (first === SLASH) return 0.9;
  if (first === 42) return methodBytes === 3 ? undefined : 0.5;
  return first > SPACE && first < 127 ? 0.5 : 0;
}

function hasVersion(bytes: Uint8Array, lineEnd: number): boolean {
  const end = bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd;
  const start = end - 8;
  if (start < 1 || bytes[start - 1] !== SPACE) return false;
  for (let i = 0; i < STATUS_START.length; i++) if (bytes[start + i] !== STATUS_START[i]) return false;
  return true;
}

/** Upper-case letters, and the '-' of M-SEARCH and the like. */
function isMethodByte(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || byte === 45;
}
