import type { Plugin } from "../../model/plugin.ts";
import type { HttpHeaders } from "../../model/http_exchange.ts";
import type { ModelRequest, ModelResponse, RequestType, ToolCall } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { JsonRecord } from "./json_access.ts";

/** What a dialect may look at before the body is there. */
export interface RequestHead {
  readonly method: string;
  /** Path without query, repeated slashes collapsed; percent-encoding as sent. */
  readonly path: string;
  /** Query without `?`, "" when none. */
  readonly query: string;
  readonly host?: string;
  readonly headers: HttpHeaders;
}

/** A request whose body is there (or was cut). */
export interface RequestView extends RequestHead {
  /** Parsed JSON body; undefined when there is none, it is not JSON, or it was cut. */
  readonly json: unknown;
  /** Messages of a body that is not one JSON document (multipart parts, NDJSON lines), in order. */
  readonly messages: readonly BodyMessage[];
  /** False when bytes are missing. */
  readonly isComplete: boolean;
  /** Named deviations of the provider's row (`quirks` of data/providers). */
  readonly quirks: readonly string[];
}

/** Head of the answer. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Lower case, with parameters; "" when absent. */
  readonly contentType: string;
}

/** What a reader found in one streamed message; published only as opt-in `ai.streaming_chunk`. */
export interface StreamDelta {
  readonly role?: string;
  readonly content?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
}

/**
 * Reads one answer. Messages come in order: one for a JSON body, many for a stream.
 */
export interface ResponseReader {
  /**
   * Takes the next message. Returns `token` for the first and later messages that carry output (for time to first token and
   * inter-chunk statistics), `meta` for others, `end` for the format's own end mark (`[DONE]`, `message_stop`).
   * With `wantsDelta` it returns the delta instead of `token`. Never throws.
   */
  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta;
  /** Bytes of a stream are missing here: what is put together from pieces on both sides is not whole. */
  gap?(): void;
  /** Everything read so far as an answer. `isComplete` false: the body was cut, so finish reasons that did not arrive stay absent. */
  finish(isComplete: boolean): ModelResponse;
  /**
   * What a format with an end mark says about its stream: false when the body ended although the format was not at its end.
   * Undefined for formats without one, and for bodies that are one document.
   */
  readonly hasEnded?: boolean | undefined;
  /** Whether the answer comes in pieces, where its framing does not tell: unary gRPC calls are framed like streams. */
  readonly isStream?: boolean | undefined;
  /** The format states the input tokens once and for all at the beginning of a stream, so a cut one may still tell them. */
  readonly hasFinalInput?: boolean;
}

/** What a reader is created with. */
export interface ResponseContext {
  /** Undefined when the request could not be decoded or was before capture. */
  readonly request: ModelRequest | undefined;
  readonly head: RequestHead;
  readonly response: ResponseHead;
  readonly quirks: readonly string[];
  /** Streaming chunks are wanted as deltas. */
  readonly wantsDelta: boolean;
  /**
   * What was known before, when this answer is one of those that tell how far accepted work is (`ModelResponse.pending`). `head` is
   * then that of the request that fetched it, which has no body of its own; `request` is the one that asked for the work.
   */
  readonly earlier?: ModelResponse;
}

/**
 * One message format: HTTP request and answer → provider-neutral `ModelRequest` and `ModelResponse`. One file, pure, never
 * throws on input, invents nothing.
 *
 * The three `match` members give 0 (not this format) to 1 (nothing else looks like it). A head score of `SURE` or more is
 * final; below it the answer's body decides, because two formats share the path or the request body.
 */
export interface Dialect extends Plugin {
  /** Vendor's API page, and the day it was read in the docstring of the file. */
  readonly docsUrl: string;
  /** The vendor publishes no schema: only who called what, when, and how many bytes went each way is told. */
  readonly isOpaque?: boolean;
  /** The format calls tools, not models: it is published as tool calls and results. */
  readonly callsTools?: boolean;
  /** From method, path, query and headers. Gateways mount paths anywhere, so only the path's end counts. */
  matchHead(head: RequestHead): number;
  /** From the parsed request body, for hosts and paths that are in no list. */
  matchBody(json: JsonRecord, head: RequestHead): number;
  /** From the first message of the answer; `json` is undefined when it is not a JSON object. */
  matchAnswer(json: JsonRecord | undefined, response: ResponseHead): number;
  /** What kind of call this path is, before the body is known. */
  requestType(head: RequestHead): RequestType;
  /** Undefined when the body is not this format. */
  decodeRequest(view: RequestView): ModelRequest | undefined;
  /** Creates the reader of one answer. */
  createReader(context: ResponseContext): ResponseReader;
}

/** A match at or above this decides by itself. */
export const SURE = 0.8;
