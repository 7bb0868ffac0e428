/**
 * Bytes of one body as on the wire → messages: undoes content coding, finds the format by content type and first bytes, splits.
 */
import type { Completeness, HttpHeaders } from "../../model/http_exchange.ts";
import type { BodyDecoder, BodyEndSink, BodyLimits } from "./body_decoder_types.ts";
import type { BodyFormat, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";
import { CodingChain, parseContentEncoding } from "./content_coding.ts";
import { MESSAGE_STREAM_TYPE } from "./message_stream.ts";
import { findBodyFormat, findByContentType } from "./registry.ts";

/** First bytes that are looked at to find the format. */
const SNIFF_BYTES = 16;

/** An identity body. */
class PlainBody implements BodyDecoder {
  #parser: BodyParser | undefined;
  #format: BodyFormat | undefined;
  /** First bytes, while they are too few to find the format. */
  #first: ByteCarry | undefined;
  #decodedBytes = 0;
  #isStopped = false;
  #wasCut = false;
  #isCodingCut = false;

  constructor(
    private readonly contentType: string,
    private readonly sink: BodyEndSink,
    private readonly limits: BodyLimits,
  ) {
    this.#format = findByContentType(contentType);
  }

  get heldBytes(): number {
    return this.#parser?.heldBytes ?? 0;
  }

  data(bytes: Uint8Array, timeNs: number): void {
    if (bytes.length === 0 || this.#isStopped) return;
    this.#decodedBytes += bytes.length;
    if (this.#decodedBytes > this.limits.maxDecodedBytes) return this.stop("limit");
    if (this.#parser !== undefined) return this.#parser.push(bytes, timeNs);
    if (this.#format === undefined && (this.#first !== undefined || bytes.length < SNIFF_BYTES)) {
      return this.#collect(bytes, timeNs);
    }
    this.#open(bytes).push(bytes, timeNs);
  }

  gap(lostBytes: number): void {
    if (this.#isStopped) return;
    this.#openHeld(0);
    this.#parser?.gap(lostBytes);
  }

  end(completeness: Completeness, timeNs: number): void {
    if (this.#first !== undefined) this.#openHeld(timeNs);
    const parser = this.#parser;
    this.#parser = undefined;
    parser?.end(completeness === "complete" && !this.#wasCut, timeNs);
    const isCut = this.#wasCut || (this.#isCodingCut && (parser === undefined || this.#format?.showsItsEnd !== true));
    if (this.#isCodingCut && parser === undefined) this.sink.problem("cut");
    this.sink.bodyEnd(
      isCut && completeness === "complete" ? "truncated" : completeness,
      timeNs,
      parser === undefined ? undefined : this.#format?.id,
    );
  }

  /** The end of the content coding is missing. */
  codingIsCut(): void {
    this.#isCodingCut = true;
  }

  /** Takes nothing more; messages told so far stand. */
  stop(reason: string): void {
    this.#isStopped = this.#wasCut = true;
    this.#openHeld(0);
    this.#parser?.gap(0);
    this.sink.problem(reason);
  }

  #collect(bytes: Uint8Array, timeNs: number): void {
    this.#first ??= new ByteCarry();
    this.#first.push(bytes);
    if (this.#first.heldBytes >= SNIFF_BYTES) this.#openHeld(timeNs);
  }

  #openHeld(timeNs: number): void {
    if (this.#parser !== undefined) return;
    const first = this.#first?.take() ?? new Uint8Array(0);
    this.#first = undefined;
    const parser = this.#open(first);
    if (first.length > 0) parser.push(first, timeNs);
  }

  #open(firstBytes: Uint8Array): BodyParser {
    // A content type that alone would do may be contradicted by the bytes.
    if (this.#format?.sniff(this.contentType, firstBytes) !== 1) {
      this.#format = findBodyFormat(this.contentType, firstBytes);
    }
    this.sink.bodyFormat?.(this.#format.id);
    this.#parser = this.#format.createParser(this.sink, this.contentType);
    return this.#parser;
  }
}

/** A body with content codings. */
class CodedBody implements BodyDecoder {
  readonly #plain: PlainBody;
  readonly #chain: CodingChain;
  #isBroken = false;
  #timeNs = 0;

  constructor(plain: PlainBody, codings: NonNullable<ReturnType<typeof parseContentEncoding>>, limits: BodyLimits) {
    this.#plain = plain;
    this.#chain = new CodingChain(codings, limits.maxDecodedBytes, (bytes) => plain.data(bytes, this.#timeNs));
  }

  get heldBytes(): number {
    return this.#plain.heldBytes + this.#chain.heldBytes;
  }

  data(bytes: Uint8Array, timeNs: number): void {
    if (this.#isBroken) return;
    this.#timeNs = timeNs;
    this.#check(this.#chain.push(bytes));
  }

  /** What follows a gap cannot be decoded. */
  gap(lostBytes: number): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#chain.close();
    this.#plain.gap(lostBytes);
  }

  end(completeness: Completeness, timeNs: number): void {
    this.#timeNs = timeNs;
    // Bytes up to the end of a connection may lack the end of the coding; so may what a gateway passes on.
    if (!this.#isBroken && completeness === "complete" && this.#chain.isCut()) this.#plain.codingIsCut();
    if (!this.#isBroken) this.#check(this.#chain.end());
    this.#chain.close();
    this.#plain.end(completeness, timeNs);
  }

  #check(result: "ok" | "bomb" | "encoding"): void {
    if (result === "ok") return;
    this.#isBroken = true;
    this.#chain.close();
    this.#plain.stop(result);
  }
}

/** Creates the decoder of one body from the headers of its message. */
export function createBodyDecoder(headers: HttpHeaders, sink: BodyEndSink, limits: BodyLimits): BodyDecoder {
  const plain = new PlainBody(contentTypeOf(headers), sink, limits);
  const codings = parseContentEncoding(headers.get("content-encoding"));
  if (codings === undefined) {
    plain.stop("encoding");
    return plain;
  }
  return codings.length === 0 ? plain : new CodedBody(plain, codings, limits);
}

/** Gives the content type in lower case (the boundary of a multipart body keeps its case), with what formats need besides it. */
function contentTypeOf(headers: HttpHeaders): string {
  if (headers.get("upgrade")?.toLowerCase() === "websocket") return MESSAGE_STREAM_TYPE;
  const sent = headers.get("content-type") ?? "";
  const end = sent.indexOf(";");
  const contentType = end < 0 ? sent.toLowerCase() : sent.slice(0, end).toLowerCase() + sent.slice(end);
  const coding = headers.get("connect-content-encoding") ?? headers.get("grpc-encoding");
  return coding === undefined ? contentType : `${contentType};message-encoding=${coding.toLowerCase()}`;
}
