/**
 * Bytes of one body as on the wire → messages: undoes content coding, finds the format by content type and first bytes, splits.
 */
import type { Completeness, HttpHeaders } from "../../model/http_exchange.ts";
import type { BodyDecoder, BodyEndSink, BodyLimits } from "./body_decoder_types.ts";
import type { BodyFormat, BodyParser } from "./body_format.ts";
import { findBodyFormat } from "./registry.ts";

class PlainBodyDecoder implements BodyDecoder {
  #parser: BodyParser | undefined;
  #format: BodyFormat | undefined;
  #decodedBytes = 0;
  #isOverLimit = false;

  constructor(
    private readonly contentType: string,
    private readonly sink: BodyEndSink,
    private readonly limits: BodyLimits,
  ) {}

  get heldBytes(): number {
    return this.#parser?.heldBytes ?? 0;
  }

  data(bytes: Uint8Array, timeNs: number): void {
    if (bytes.length === 0 || this.#isOverLimit) return;
    this.#decodedBytes += bytes.length;
    if (this.#decodedBytes > this.limits.maxDecodedBytes) return this.#stop();
    this.#parser ??= this.#open(bytes);
    this.#parser.push(bytes, timeNs);
  }

  gap(lostBytes: number): void {
    if (this.#isOverLimit) return;
    this.#parser ??= this.#open(new Uint8Array(0));
    this.#parser.gap(lostBytes);
  }

  end(completeness: Completeness, timeNs: number): void {
    const isComplete = completeness === "complete" && !this.#isOverLimit;
    this.#parser?.end(isComplete, timeNs);
    this.#parser = undefined;
    this.sink.bodyEnd(this.#isOverLimit ? "truncated" : completeness, timeNs, this.#format?.id);
  }

  #open(firstBytes: Uint8Array): BodyParser {
    this.#format = findBodyFormat(this.contentType, firstBytes);
    return this.#format.createParser(this.sink, this.contentType);
  }

  /** Nothing more is taken; messages told so far stand. */
  #stop(): void {
    this.#isOverLimit = true;
    this.#parser?.gap(0);
    this.sink.problem("limit");
  }
}

/** Creates the decoder of one body from the headers of its message. */
export function createBodyDecoder(headers: HttpHeaders, sink: BodyEndSink, limits: BodyLimits): BodyDecoder {
  const contentType = (headers.get("content-type") ?? "").toLowerCase();
  return new PlainBodyDecoder(contentType, sink, limits);
}
