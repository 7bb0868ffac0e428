/**
 * One line of `--from records`: `{"conn":1,"dir":"w","ts_ns":1000,"data":"base64", ...}`. Lines of one file look alike, so the
 * shape of the last line that was parsed is kept as a template and the next line is held against it byte by byte; any line
 * that differs goes through `JSON.parse`.
 */
import { Buffer } from "node:buffer";
import { SHORTEST_NATIVE_CHARS } from "./base64.ts";
import { isRecord } from "./fact_fields.ts";

/** The facts of a line. One object is used again for every line. */
export interface RecordsLine {
  conn: number | string;
  /** 1: sent by the client (`"w"`), 2: received by it (`"r"`). */
  direction: 1 | 2;
  /** Whole seconds of `ts_ns`, and the nanoseconds that remain: together they hold 19 digits exactly. */
  seconds: number;
  restNs: number;
  /** Base64 text; "" when the line carries none, or has it between `dataFrom` and `dataTo`. */
  data: string;
  /** Where a short base64 text stands in the line's bytes; -1 when it is in `data`. */
  dataFrom: number;
  dataTo: number;
  /** Absolute stream offset; -1: append. */
  offset: number;
  pid: number;
  tid: number;
  comm: string;
  isClosed: boolean;
}

/** A line with nothing in it. */
export function createRecordsLine(): RecordsLine {
  return {
    conn: 0,
    direction: 1,
    seconds: 0,
    restNs: 0,
    data: "",
    dataFrom: -1,
    dataTo: -1,
    offset: -1,
    pid: 0,
    tid: 0,
    comm: "",
    isClosed: false,
  };
}

const indexOf = Uint8Array.prototype.indexOf;
const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;
const NANOS_DIGITS = 9;
const FIELDS = ["conn", "dir", "ts_ns", "data", "offset", "pid", "tid", "comm", "closed"] as const;
type Field = typeof FIELDS[number];

/** Reads lines of one shape. */
export class LineTemplate {
  readonly #fields: readonly Field[];
  readonly #prefixes: readonly Uint8Array[];
  #at = 0;
  #digits = 0;

  private constructor(fields: readonly Field[], prefixes: readonly Uint8Array[]) {
    this.#fields = fields;
    this.#prefixes = prefixes;
  }

  /** Learns the shape of a line; undefined when the shape cannot be scanned (unknown or nested fields). */
  static learn(json: Record<string, unknown>): LineTemplate | undefined {
    const names = Object.keys(json);
    const fields = names.filter((name): name is Field => (FIELDS as readonly string[]).includes(name));
    if (fields.length !== names.length || names.includes("closed")) return undefined;
    const encoder = new TextEncoder();
    const prefixes = fields.map((name, index) =>
      encoder.encode(`${index === 0 ? "{" : ","}"${name}":${typeof json[name] === "string" ? '"' : ""}`)
    );
    return new LineTemplate(fields, prefixes);
  }

  /** Reads the line that starts at `from` into `line`; the index behind its `}`, or -1 when it has another shape. */
  scan(bytes: Buffer, from: number, line: RecordsLine): number {
    this.#at = from;
    line.offset = -1;
    line.isClosed = false;
    for (let i = 0; i < this.#fields.length; i++) {
      const prefix = this.#prefixes[i]!;
      for (let k = 0; k < prefix.length; k++) {
        if (bytes[this.#at + k] !== prefix[k]) return -1;
      }
      this.#at += prefix.length;
      const isText = prefix[prefix.length - 1] === QUOTE;
      if (!(isText ? this.#readText(bytes, this.#fields[i]!, line) : this.#readNumber(bytes, this.#fields[i]!, line))) {
        return -1;
      }
    }
    return bytes[this.#at] === 125 ? this.#at + 1 : -1;
  }

  #readText(bytes: Buffer, field: Field, line: RecordsLine): boolean {
    const start = this.#at;
    if (field === "data") {
      // The typed array's own search is native; Buffer's is not.
      const end = indexOf.call(bytes, QUOTE, start);
      if (end < 0) return false;
      this.#at = end + 1;
      // Base64 has no escapes; text that has them fails to decode.
      const isShort = end - start < SHORTEST_NATIVE_CHARS;
      line.data = isShort ? "" : bytes.toString("latin1", start, end);
      line.dataFrom = isShort ? start : -1;
      line.dataTo = end;
      return true;
    }
    const end = findPlainEnd(bytes, start);
    if (end < 0) return false;
    this.#at = end + 1;
    if (field === "dir") return setDirection(line, end - start === 1 ? bytes[start] : 0);
    if (field === "conn") line.conn = readPlain(bytes, start, end, line.conn);
    else if (field === "comm") line.comm = readPlain(bytes, start, end, line.comm);
    else return false;
    return true;
  }

  #readNumber(bytes: Buffer, field: Field, line: RecordsLine): boolean {
    if (field === "ts_ns") return this.#readTime(bytes, line);
    const value = this.#readDigits(bytes, Infinity);
    if (this.#digits === 0 || this.#digits > 15) return false;
    if (field === "conn") line.conn = value;
    else if (field === "offset") line.offset = value;
    else if (field === "pid") line.pid = value;
    else if (field === "tid") line.tid = value;
    else return false;
    return true;
  }

  #readTime(bytes: Buffer, line: RecordsLine): boolean {
    let end = this.#at;
    while (isDigit(bytes[end])) end++;
    const length = end - this.#at;
    if (length === 0 || length > 19) return false;
    line.seconds = this.#readDigits(bytes, Math.max(0, length - NANOS_DIGITS));
    line.restNs = this.#readDigits(bytes, NANOS_DIGITS);
    return true;
  }

  #readDigits(bytes: Buffer, most: number): number {
    let value = 0;
    this.#digits = 0;
    while (this.#digits < most) {
      const digit = (bytes[this.#at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.#digits++;
      this.#at++;
    }
    return value;
  }
}

/** The quote that ends a short text of plain ASCII without escapes; -1 when it is another kind of text. */
function findPlainEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
    if (byte === undefined || byte >= 128 || byte === BACKSLASH) return -1;
  }
  return at;
}

/** Names come again on nearly every line: the text of the line before is given again where it is the same. */
function readPlain(bytes: Buffer, start: number, end: number, before: number | string): string {
  if (typeof before === "string" && before.length === end - start) {
    let at = start;
    while (at < end && bytes[at] === before.charCodeAt(at - start)) at++;
    if (at === end) return before;
  }
  return bytes.toString("latin1", start, end);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function setDirection(line: RecordsLine, letter: number | undefined): boolean {
  if (letter === 119) line.direction = 1;
  else if (letter === 114) line.direction = 2;
  else return false;
  return true;
}

/** A line read by `JSON.parse`: its template for the next ones, or why it cannot be used. */
export interface ParsedLine {
  readonly problem?: string;
  readonly template?: LineTemplate | undefined;
}

/** Reads a line of any shape into `line`. Never throws. */
export function parseRecordsLine(text: string, line: RecordsLine): ParsedLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: "it is not JSON" };
  }
  if (!isRecord(json)) return { problem: "it is no JSON object" };
  const problem = readFields(json, text, line);
  return problem === undefined ? { template: LineTemplate.learn(json) } : { problem };
}

function readFields(json: Record<string, unknown>, text: string, line: RecordsLine): string | undefined {
  if (typeof json.conn !== "number" && typeof json.conn !== "string") return '"conn" is no number and no text';
  if (json.dir !== "w" && json.dir !== "r") return '"dir" is not "w" or "r"';
  if (!isWhole(json.ts_ns)) return '"ts_ns" is no whole number';
  if (typeof (json.data ?? "") !== "string") return '"data" is no text';
  for (const name of ["offset", "pid", "tid"]) {
    if (json[name] !== undefined && !(isWhole(json[name]) && Number.isSafeInteger(json[name]))) {
      return `"${name}" is no whole number`;
    }
  }
  line.conn = json.conn;
  line.direction = json.dir === "w" ? 1 : 2;
  // A number above 2^53 was rounded by JSON.parse; the digits are still in the text.
  const digits = /"ts_ns"\s*:\s*(\d{1,19})(?![\d.eE])/.exec(text)?.[1] ?? String(json.ts_ns);
  line.seconds = Number(digits.slice(0, -NANOS_DIGITS));
  line.restNs = Number(digits.slice(-NANOS_DIGITS));
  line.data = typeof json.data === "string" ? json.data : "";
  line.dataFrom = -1;
  line.offset = typeof json.offset === "number" ? json.offset : -1;
  line.pid = typeof json.pid === "number" ? json.pid : 0;
  line.tid = typeof json.tid === "number" ? json.tid : 0;
  line.comm = typeof json.comm === "string" ? json.comm : "";
  line.isClosed = json.closed === true;
  return undefined;
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 63;
}
