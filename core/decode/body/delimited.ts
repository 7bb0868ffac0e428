import type { BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";
import { BOM, decodeUtf8 } from "./utf8_text.ts";

/** Largest single message; a longer one is dropped and reported. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Splits a body at one byte; messages of white space only are none. */
export class DelimitedParser implements BodyParser {
  readonly #sink: BodyMessageSink;
  readonly #delimiter: number;
  readonly #carry = new ByteCarry();
  /** After a gap or a message over the limit: everything up to the next delimiter is dropped. */
  #isSkipping = false;
  #isFirst = true;

  constructor(sink: BodyMessageSink, delimiter: number) {
    this.#sink = sink;
    this.#delimiter = delimiter;
  }

  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  push(bytes: Uint8Array, timeNs: number): void {
    let start = 0;
    for (let end = bytes.indexOf(this.#delimiter); end >= 0; end = bytes.indexOf(this.#delimiter, start)) {
      const own = bytes.subarray(start, end);
      start = end + 1;
      if (this.#isSkipping) this.#isSkipping = false;
      else this.#tell(this.#carry.takeWith(own), timeNs);
    }
    if (this.#isSkipping || start === bytes.length) return;
    this.#carry.push(start === 0 ? bytes : bytes.subarray(start));
    if (this.#carry.heldBytes > MAX_MESSAGE_BYTES) this.#skip("limit");
  }

  gap(): void {
    this.#skip("gap");
  }

  /** The last message of a complete body needs no delimiter. */
  end(isComplete: boolean, timeNs: number): void {
    if (isComplete && !this.#isSkipping) this.#tell(this.#carry.take(), timeNs);
    this.#carry.clear();
  }

  #skip(reason: string): void {
    this.#sink.problem(reason);
    this.#carry.clear();
    this.#isSkipping = true;
  }

  #tell(bytes: Uint8Array, timeNs: number): void {
    if (bytes.length === 0) return;
    let text = decodeUtf8(bytes);
    if (this.#isFirst && text.startsWith(BOM)) text = text.slice(1);
    this.#isFirst = false;
    text = text.trim();
    if (text !== "") this.#sink.message({ text }, timeNs);
  }
}
