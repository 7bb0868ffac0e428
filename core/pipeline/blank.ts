/**
 * Overwrites bytes of a connection that belong to no model call, in place and of equal length, so that nothing of them can be
 * read and a decoder that looks for the next message sees what it saw: where messages seem to begin, and the status of answers.
 */
import { joinBytes } from "./joined_bytes.ts";
const STAR = 42;
const SPACE = 32;
const SLASH = 47;
const CR = 13;
const LF = 10;
const LETTER = 65;
const HYPHEN = 45;
/** Longest method that is believed (`decode/connection/http1_sniff.ts`). */
const MAX_METHOD_BYTES = 24;
/** `HTTP/1.1 200`. */
const STATUS_BYTES = 12;
const VERSION_BYTES = 8;
const VERSION = /^HTTP\/1\.[0-9]$/;
/** A longer head is none for the decoder either. */
const MAX_HEAD_BYTES = 256 * 1024;
const STATUS_START = [72, 84, 84, 80, 47, 49, 46];
const latin1 = new TextDecoder("latin1");

/** Blanks pieces that follow each other without a hole. Line ends stay, and how each line of a message's beginning looks. */
export function blank(pieces: readonly Uint8Array[], isRequest: boolean): void {
  const whole = joinBytes(pieces);
  const starts: number[] = [];
  let at = 0;
  for (const piece of pieces) {
    starts.push(at);
    at += piece.length;
  }
  blankRun(whole, isRequest, starts);
  at = 0;
  for (const piece of pieces) {
    piece.set(whole.subarray(at, at + piece.length));
    at += piece.length;
  }
}

/** Whether pieces that follow each other end within the head of an answer, or could. */
export function mayBeOpenHead(pieces: readonly Uint8Array[]): boolean {
  const text = latin1.decode(joinBytes(pieces).subarray(-MAX_HEAD_BYTES));
  const ended = /(?:\r?\n){2}$/.test(text);
  if (ended) return false;
  const lastHead = Math.max(text.lastIndexOf("\r\n\r\n") + 4, text.lastIndexOf("\n\n") + 2);
  const from = lastHead > 3 ? lastHead : 0;
  return startsLike(text.slice(from, from + STATUS_START.length));
}

function startsLike(text: string): boolean {
  return text !== "" && "HTTP/1.".startsWith(text);
}

/** `starts`: where records begin, and with them, it may be, messages. */
function blankRun(bytes: Uint8Array, isRequest: boolean, starts: readonly number[]): void {
  let next = 0;
  let isBehindHead = false;
  for (let from = 0; from < bytes.length;) {
    while ((starts[next] ?? Infinity) <= from) next++;
    const found = bytes.indexOf(LF, from);
    const lineEnd = found < 0 ? bytes.length : found + 1;
    const isStart = isBehindHead || starts[next - 1] === from;
    isBehindHead = bytes[from] === LF || (bytes[from] === CR && bytes[from + 1] === LF);
    if (isStart && (isRequest ? blankRequestLine(bytes, from, lineEnd) : blankStatusLine(bytes, from, lineEnd))) {
      from = lineEnd;
      continue;
    }
    const end = Math.min(lineEnd, starts[next] ?? Infinity);
    stars(bytes, from, end);
    from = end;
  }
}

function blankStatusLine(bytes: Uint8Array, from: number, end: number): boolean {
  const length = Math.min(end - from, STATUS_START.length);
  for (let i = 0; i < length; i++) if (bytes[from + i] !== STATUS_START[i]) return false;
  stars(bytes, Math.min(end, from + STATUS_BYTES), end);
  return true;
}

function blankRequestLine(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && isMethodByte(bytes[at] ?? 0)) at++;
  const length = at - from;
  if (length === 0 || length > MAX_METHOD_BYTES) return false;
  const lineEnd = bytes[end - 2] === CR ? end - 2 : end - 1;
  const hasVersion = bytes[end - 1] === LF &&
    VERSION.test(latin1.decode(bytes.subarray(lineEnd - VERSION_BYTES, lineEnd)));
  for (let i = from; i < at; i++) if (bytes[i] !== HYPHEN) bytes[i] = LETTER;
  const target = bytes[at] !== SPACE ? at : bytes[at + 1] === SLASH ? at + 2 : at + 1;
  stars(bytes, Math.min(end, target), hasVersion ? lineEnd - VERSION_BYTES - 1 : end);
  return true;
}

function isMethodByte(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || byte === HYPHEN;
}

function stars(bytes: Uint8Array, from: number, end: number): void {
  for (let at = from; at < end; at++) if (bytes[at] !== CR && bytes[at] !== LF) bytes[at] = STAR;
}
