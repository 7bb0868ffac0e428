/**
 * Plain text: the words of an error that a proxy or a web framework sends without JSON around them, and transcripts.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2046#section-4.1.3 (read 2026-11-21)
 */
import type { BodyFormat, BodyMessageSink, BodyParser } from "./body_format.ts";
import { BOM, Utf8Text } from "./utf8_text.ts";

/** Longer bodies are counted and not kept: words of errors and transcripts are shorter. */
const MAX_CHARS = 1024 * 1024;

/** Characters that no text has: bytes of another kind were called text. */
// deno-lint-ignore no-control-regex
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\uFFFD]/;

class TextParser implements BodyParser {
  #text = "";
  #isKept = true;
  readonly #utf8 = new Utf8Text();
  readonly #sink: BodyMessageSink;

  constructor(sink: BodyMessageSink) {
    this.#sink = sink;
  }

  get heldBytes(): number {
    return this.#text.length;
  }

  push(bytes: Uint8Array): void {
    if (!this.#isKept) return;
    this.#text += this.#utf8.push(bytes);
    if (this.#text.length > MAX_CHARS) this.#letGo();
  }

  gap(): void {
    this.#sink.problem("gap");
    this.#letGo();
  }

  /** Part of a text may say the opposite of all of it. */
  end(isComplete: boolean, timeNs: number): void {
    const all = this.#text + this.#utf8.end();
    const isWhole = this.#isKept && isComplete;
    this.#letGo();
    const text = (all.startsWith(BOM) ? all.slice(1) : all).trim();
    if (isWhole && text !== "" && !NO_TEXT.test(text)) this.#sink.message({ text }, timeNs);
  }

  #letGo(): void {
    this.#text = "";
    this.#isKept = false;
  }
}

/** Plain text, in one message. */
export const text: BodyFormat = {
  id: "text",
  summary: "plain text of up to 1 Mi characters",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc2046#section-4.1.3",
  // More than nothing, less than any format that knows its own first bytes.
  sniff: (contentType) => contentType.startsWith("text/plain") ? 0.05 : 0,
  createParser: (sink) => new TextParser(sink),
};
