/**
 * Head of an HTTP/1.x message: start line and header fields.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112 sections 2 to 5 (read 2026-11-21)
 */
import { decodeUtf8 } from "../body/utf8_text.ts";

/** Largest head that is read, in bytes; a longer one is not a head. */
export const MAX_HEAD_BYTES = 256 * 1024;
/** Most field lines that are kept; later ones are dropped. */
export const MAX_FIELDS = 1000;

/** A head as read. Header names are lower case, lines of one name joined by ", " (`set-cookie` by "\n"). */
export interface Head {
  readonly startLine: string;
  readonly headers: Map<string, string>;
}

/** Start line of a request. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly protocol: "http/1.0" | "http/1.1";
}

/** Start line of a response. */
export interface StatusLine {
  readonly status: number;
  readonly protocol: "http/1.0" | "http/1.1";
}

const LF = 10;
const CR = 13;

/** Gives the index after the empty line that ends a head, searching `bytes` from `from` to `end`; -1 when it is not there. */
export function findHeadEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (bytes[i] !== LF) continue;
    const next = bytes[i + 1];
    if (next === LF && i + 1 < end) return i + 2;
    if (next === CR && i + 2 < end && bytes[i + 2] === LF) return i + 3;
  }
  return -1;
}

/** Counts the CR and LF bytes at `from`, which may stand before a start line (RFC 9112 2.2). */
export function countLineEnds(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  return at - from;
}

/** Reads the head in `bytes[start, end)`, which ends with an empty line. Copies what it keeps; never fails. */
export function parseHead(bytes: Uint8Array, start: number, end: number): Head {
  // Heads are ASCII; where a value is not, UTF-8 is what is sent today (RFC 9110 5.5 leaves it open). Also the faster decoder.
  const text = decodeUtf8(bytes.subarray(start, end));
  const firstEnd = text.indexOf("\n");
  const startLine = text.slice(0, beforeLineEnd(text, firstEnd));
  const headers = new Map<string, string>();
  let name = "";
  let fields = 0;
  for (let at = firstEnd + 1; at < text.length && fields < MAX_FIELDS; fields++) {
    let lineEnd = text.indexOf("\n", at);
    if (lineEnd < 0) lineEnd = text.length;
    const stop = beforeLineEnd(text, lineEnd);
    if (stop === at) break;
    name = readField(text, at, stop, name, headers);
    at = lineEnd + 1;
  }
  return { startLine, headers };
}

/** Reads one field line into `headers` and gives its name; a line without a name (and what is folded onto it) is ignored. */
function readField(text: string, at: number, stop: number, lastName: string, headers: Map<string, string>): string {
  const first = text.charCodeAt(at);
  if (first === 32 || first === 9) {
    // Obsolete line folding (RFC 9112 5.2): the line continues the value before it.
    const value = headers.get(lastName);
    if (value !== undefined) headers.set(lastName, `${value} ${text.slice(at, stop).trim()}`.trim());
    return lastName;
  }
  const colon = text.indexOf(":", at);
  if (colon <= at || colon >= stop) return "";
  let name = text.slice(at, colon).toLowerCase();
  if (name.charCodeAt(name.length - 1) <= 32) name = name.trimEnd();
  const value = trimmedSlice(text, colon + 1, stop);
  const before = headers.get(name);
  headers.set(name, before === undefined ? value : before + (name === "set-cookie" ? "\n" : ", ") + value);
  return name;
}

function trimmedSlice(text: string, from: number, to: number): string {
  let start = from;
  let stop = to;
  while (start < stop && isBlank(text.charCodeAt(start))) start++;
  while (stop > start && isBlank(text.charCodeAt(stop - 1))) stop--;
  return text.slice(start, stop);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function beforeLineEnd(text: string, lineEnd: number): number {
  return text.charCodeAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
}

/** Reads `METHOD SP target SP HTTP/1.x`; undefined when the line is something else. */
export function parseRequestLine(line: string): RequestLine | undefined {
  const methodEnd = line.indexOf(" ");
  const targetEnd = line.lastIndexOf(" ");
  if (methodEnd < 1 || targetEnd <= methodEnd + 1) return undefined;
  const protocol = parseVersion(line, targetEnd + 1);
  if (protocol === undefined || line.length !== targetEnd + 9) return undefined;
  for (let i = 0; i < methodEnd; i++) {
    const code = line.charCodeAt(i);
    // Methods are upper-case letters, '-' and '_' in all registered cases; anything else is not a request line.
    if (!((code >= 65 && code <= 90) || code === 45 || code === 95)) return undefined;
  }
  return { method: line.slice(0, methodEnd), target: line.slice(methodEnd + 1, targetEnd), protocol };
}

/** Reads `HTTP/1.x SP status [SP reason]`; undefined when the line is something else. */
export function parseStatusLine(line: string): StatusLine | undefined {
  const protocol = parseVersion(line, 0);
  if (protocol === undefined || line.charCodeAt(8) !== 32) return undefined;
  if (line.length > 12 && line.charCodeAt(12) !== 32) return undefined;
  const text = line.slice(9, 12);
  const status = Number(text);
  return text.length === 3 && status >= 100 && status <= 999 ? { status, protocol } : undefined;
}

function parseVersion(line: string, at: number): "http/1.0" | "http/1.1" | undefined {
  if (!line.startsWith("HTTP/1.", at)) return undefined;
  const minor = line.charCodeAt(at + 7);
  if (minor === 48) return "http/1.0";
  return minor >= 49 && minor <= 57 ? "http/1.1" : undefined;
}
