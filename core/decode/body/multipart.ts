/**
 * Multipart bodies (form data with files): one message a part. Fields keep their text; of files only name, type and size are
 * told, their bytes are never kept.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7578 and https://www.rfc-editor.org/rfc/rfc2046#section-5.1 (read 2026-11-21)
 */
import type { BodyFormat, BodyMessage, BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";
import { decodeUtf8 } from "./utf8_text.ts";

/** Longest text field that is kept; of longer ones the size is told. */
const MAX_FIELD_BYTES = 1024 * 1024;
/** Longest header of a part, and most parts. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_PARTS = 10_000;
const LF = 10;
const CR = 13;
const DASH = 45;
const HEAD_END = Uint8Array.of(CR, LF, CR, LF);

interface Part {
  readonly headers: Map<string, string>;
  readonly name: string | undefined;
  /** Undefined: not kept. */
  field: ByteCarry | undefined;
  bytes: number;
}

class MultipartParser implements BodyParser {
  readonly #sink: BodyMessageSink;
  /** CR LF -- boundary. */
  readonly #delimiter: Uint8Array;
  readonly #carry = new ByteCarry();
  #part: Part | undefined;
  #state: "preamble" | "after_delimiter" | "head" | "content" | "over" = "preamble";
  #parts = 0;

  constructor(sink: BodyMessageSink, boundary: string) {
    this.#sink = sink;
    this.#delimiter = Uint8Array.from(`\r\n--${boundary}`, (char) => char.charCodeAt(0));
    // The first delimiter may stand at the very beginning, where its line end is not sent.
    this.#carry.push(Uint8Array.of(CR, LF));
    if (boundary === "") this.#stop("boundary");
  }

  get heldBytes(): number {
    return this.#carry.heldBytes + (this.#part?.field?.heldBytes ?? 0);
  }

  push(bytes: Uint8Array, timeNs: number): void {
    if (this.#state === "over") return;
    this.#carry.push(bytes);
    let isGoingOn = true;
    while (isGoingOn) isGoingOn = this.#step(this.#carry.peek(), timeNs);
  }

  gap(): void {
    if (this.#state !== "over") this.#stop("gap");
  }

  end(isComplete: boolean): void {
    if (isComplete && this.#state !== "over") this.#sink.problem("cut");
    this.#carry.clear();
    this.#part = undefined;
  }

  /** Takes what is decided from the front of `input`; false when more bytes are needed. */
  #step(input: Uint8Array, timeNs: number): boolean {
    switch (this.#state) {
      case "preamble":
      case "content":
        return this.#content(input, timeNs);
      case "after_delimiter":
        return this.#afterDelimiter(input);
      case "head":
        return this.#head(input);
      case "over":
        return false;
    }
  }

  #content(input: Uint8Array, timeNs: number): boolean {
    const at = indexOfBytes(input, this.#delimiter);
    const done = at < 0 ? Math.max(0, input.length - this.#delimiter.length + 1) : at;
    this.#keep(input.subarray(0, done));
    if (at < 0) {
      this.#carry.drop(done);
      return false;
    }
    this.#carry.drop(at + this.#delimiter.length);
    this.#tell(timeNs);
    this.#state = "after_delimiter";
    return true;
  }

  #afterDelimiter(input: Uint8Array): boolean {
    if (input.length < 2) return false;
    if (input[0] === DASH && input[1] === DASH) {
      this.#state = "over";
      this.#carry.clear();
      return false;
    }
    const lineEnd = input.indexOf(LF);
    if (lineEnd < 0 && input.length > MAX_HEADER_BYTES) this.#stop("framing");
    if (lineEnd < 0) return false;
    if (++this.#parts > MAX_PARTS) this.#stop("limit");
    else {
      // The line end stays: with it a part without headers ends like one with them.
      this.#carry.drop(lineEnd - 1 >= 0 && input[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd);
      this.#state = "head";
    }
    return this.#state === "head";
  }

  #head(input: Uint8Array): boolean {
    const end = indexOfBytes(input, HEAD_END);
    if (end < 0 && input.length > MAX_HEADER_BYTES) this.#stop("framing");
    if (end < 0) return false;
    const headers = readHeaders(decodeUtf8(input.subarray(0, end)));
    this.#carry.drop(end + HEAD_END.length - 2);
    const disposition = headers.get("content-disposition") ?? "";
    const isFile = /;\s*filename\*?=/i.test(disposition) ||
      /^(?!text\/|application\/json)/.test(headers.get("content-type") ?? "text/");
    this.#part = {
      headers,
      name: /;\s*name="([^"]*)"/i.exec(disposition)?.[1] ?? /;\s*name=([^\s;"]+)/i.exec(disposition)?.[1],
      field: isFile ? undefined : new ByteCarry(),
      // The line end before the content is looked at as part of a possible delimiter, and is not content.
      bytes: -2,
    };
    this.#state = "content";
    return true;
  }

  #keep(bytes: Uint8Array): void {
    const part = this.#part;
    if (part === undefined) return;
    const own = part.bytes < 0 ? bytes.subarray(Math.min(bytes.length, -part.bytes)) : bytes;
    part.bytes += bytes.length;
    part.field?.push(own);
    if (part.bytes > MAX_FIELD_BYTES) part.field = undefined;
  }

  #tell(timeNs: number): void {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined) return;
    const { headers, name, field } = part;
    headers.set("bytes", String(Math.max(0, part.bytes)));
    const text = field === undefined ? "" : decodeUtf8(field.take());
    const message: BodyMessage = name === undefined ? { text, headers } : { name, text, headers };
    this.#sink.message(message, timeNs);
  }

  #stop(reason: string): void {
    this.#sink.problem(reason);
    this.#carry.clear();
    this.#part = undefined;
    this.#state = "over";
  }
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array): number {
  const last = bytes.length - wanted.length;
  for (let at = bytes.indexOf(CR); at >= 0 && at <= last; at = bytes.indexOf(CR, at + 1)) {
    let matched = 1;
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched++;
    if (matched === wanted.length) return at;
  }
  return -1;
}

/** Multipart bodies. */
export const multipart: BodyFormat = {
  id: "multipart",
  summary: "multipart bodies, one message a part, files without their bytes",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc7578",
  sniff: (contentType) => contentType.startsWith("multipart/") ? 1 : 0,
  createParser(sink, contentType) {
    const match = /boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(contentType);
    return new MultipartParser(sink, match?.[1] ?? match?.[2] ?? "");
  },
};
