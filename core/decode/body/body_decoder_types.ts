import type { Completeness, HttpHeaders } from "../../model/http_exchange.ts";
import type { BodySink } from "../exchange_sink.ts";
import type { BodyMessageSink } from "./body_format.ts";

/** Takes the messages of one whole body and its end. */
export interface BodyEndSink extends BodyMessageSink {
  /** The body format was found (`json`, `sse`, ...), before the first message. */
  bodyFormat?(format: string): void;
  /**
   * The body ended and every complete message was delivered. Called exactly once. `format` is the body format that was used
   * (`json`, `sse`, ...); undefined for an empty body.
   */
  bodyEnd(completeness: Completeness, timeNs: number, format: string | undefined): void;
}

/** Limits of one body. */
export interface BodyLimits {
  /** Largest output of content decoding, in bytes. */
  readonly maxDecodedBytes: number;
}

/** Undoes content coding, finds the body format and splits the body into messages. */
export interface BodyDecoder extends BodySink {
  /** Bytes held right now. */
  readonly heldBytes: number;
}

/** Creates the decoder of one body from the headers of its message; implemented in `body_decoder.ts`. */
export type CreateBodyDecoder = (headers: HttpHeaders, sink: BodyEndSink, limits: BodyLimits) => BodyDecoder;
