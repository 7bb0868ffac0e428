/**
 * One JSON document. The text is not parsed here: a reader may need none of it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259 (read 2026-11-21)
 */
import type { BodyFormat, BodyMessageSink, BodyParser } from "./body_format.ts";
import { closeCutJson } from "./cut_json.ts";
import { BOM, Utf8Text } from "./utf8_text.ts";

/** Never inside one document: between two objects stands a comma, and no text has a bare line end. */
const SEVERAL = /\}\r?\n\{/;

class JsonParser implements BodyParser {
  #text = "";
  #hasGap = false;
  readonly #utf8 = new Utf8Text();
  readonly #sink: BodyMessageSink;

  constructor(sink: BodyMessageSink) {
    this.#sink = sink;
  }

  /** Two bytes a UTF-16 unit at worst; mostly one. */
  get heldBytes(): number {
    return this.#text.length;
  }

  push(bytes: Uint8Array): void {
    if (!this.#hasGap) this.#text += this.#utf8.push(bytes);
  }

  gap(): void {
    if (!this.#hasGap) this.#sink.problem("gap");
    this.#hasGap = true;
  }

  end(isComplete: boolean, timeNs: number): void {
    const all = this.#hasGap ? this.#text : this.#text + this.#utf8.end();
    const text = all.startsWith(BOM) ? all.slice(1) : all;
    this.#text = "";
    if (SEVERAL.test(text)) return this.#endLines(text, isComplete && !this.#hasGap, timeNs);
    if (!isComplete || this.#hasGap || isCut(text)) return this.#endCut(text, timeNs);
    if (text !== "") this.#sink.message({ text }, timeNs);
  }

  /** Several documents, one a line: some senders of them call them one. */
  #endLines(text: string, isComplete: boolean, timeNs: number): void {
    const lines = text.split("\n").map((line) => line.trim());
    if (!isComplete) lines.pop();
    for (const line of lines) if (line !== "") this.#sink.message({ text: line }, timeNs);
    if (!isComplete && !this.#hasGap) this.#sink.problem("cut");
  }

  /** A document that was cut is no document: only values that were closed are given. */
  #endCut(text: string, timeNs: number): void {
    const whole = closeCutJson(text);
    if (whole !== undefined) this.#sink.message({ text: whole, isPart: true }, timeNs);
    if (!this.#hasGap) this.#sink.problem("cut");
  }
}

/** JSON documents, in one message. */
export const json: BodyFormat = {
  id: "json",
  summary: "one JSON document",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc8259",
  sniff(contentType, firstBytes) {
    const first = firstVisibleByte(firstBytes);
    if (/^[^;]*[/+.-]json\s*(;|$)/.test(contentType)) return 0.9;
    return first === 0x7b || first === 0x5b ? 0.5 : 0;
  },
  showsItsEnd: true,
  createParser: (sink) => new JsonParser(sink),
};

/** A body that ends with its connection may have been cut without a sign, but no object or list ends without its bracket. */
function isCut(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first !== 0x7b && first !== 0x5b) return false;
  let at = text.length - 1;
  while (text.charCodeAt(at) <= 0x20) at--;
  const last = text.charCodeAt(at);
  return at === 0 || (last !== 0x7d && last !== 0x5d);
}

/** Gives the first byte that is neither white space nor part of a byte order mark; undefined when there is none. */
export function firstVisibleByte(bytes: Uint8Array): number | undefined {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
  }
  return undefined;
}
