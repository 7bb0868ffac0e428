import type { Completeness } from "../model/http_exchange.ts";
import type { ModelResponse } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import type { BodyEndSink } from "./body/body_decoder_types.ts";
import type { BodyMessage } from "./body/body_format.ts";
import type { ResponseReader, StreamDelta } from "./dialect/dialect.ts";

/** Body formats that carry one document; the others are streams. */
const DOCUMENT_FORMATS: ReadonlySet<string> = new Set(["json", "binary", "text", "protobuf"]);

/** Text without a format: only words of errors, and transcripts. */
const PLAIN_TEXT = "text";

/** What is about the text around one piece of a stream, which is not kept; and the least a piece costs. */
const ENVELOPE_CHARS = 176;
const KEPT_CHARS = 16;

const NS_PER_MS = 1e6;

/** What the owner of an answer does when something happens. */
export interface AnswerOwner {
  /** The first message: decides which format it is. Undefined: the answer is no answer of a model. */
  openReader(message: BodyMessage): ResponseReader | undefined;
  /** One piece of output, where they are wanted. */
  chunk(delta: StreamDelta | undefined, index: number, timeNs: number): void;
  /** The body has ended. */
  answerEnd(): void;
}

/** The body of one answer while it arrives: reader, times, problems. */
export class AnswerBody implements BodyEndSink {
  readonly problems: string[] = [];
  completeness: Completeness = "in_flight";
  format: string | undefined;
  isEnded = false;
  /** Only the end of the connection ends the body: a stream of events is whole when it says so itself. */
  isUntilClose = false;
  /** Time of the format's own end mark. */
  endMarkNs: number | undefined;
  firstTokenNs: number | undefined;
  /** All of a body that is plain text. */
  plainText: string | undefined;
  /** UTF-16 units read so far: about what the reader holds. */
  readChars = 0;
  #reader: ResponseReader | undefined;
  /** The body that is arriving is one document. */
  #isDocument = false;
  #isPlain = false;
  #isRefused = false;
  /** Nothing but the end mark can be missing. */
  #hasAll = false;
  #chunks = 0;
  #lastTokenNs = 0;
  #maxGapNs = 0;
  readonly #owner: AnswerOwner;
  readonly #wantsChunks: boolean;

  constructor(owner: AnswerOwner, wantsChunks: boolean) {
    this.#owner = owner;
    this.#wantsChunks = wantsChunks;
  }

  message(message: BodyMessage, timeNs: number): void {
    if (this.#isPlain) this.plainText = message.text;
    const reader = this.#reader ?? this.#open(message);
    if (reader === undefined) return;
    this.readChars += Math.max(KEPT_CHARS, message.text.length - ENVELOPE_CHARS);
    const result = reader.message(message);
    if (result === "meta") return;
    if (result === "end") this.endMarkNs ??= timeNs;
    else this.#token(result, timeNs);
  }

  bodyFormat(format: string): void {
    this.#isDocument = DOCUMENT_FORMATS.has(format);
    this.#isPlain = format === PLAIN_TEXT;
  }

  problem(reason: string): void {
    if (reason === "gap") this.#reader?.gap?.();
    if (!this.problems.includes(reason)) this.problems.push(reason);
  }

  bodyEnd(completeness: Completeness, _timeNs: number, format: string | undefined): void {
    if (this.isEnded) return;
    this.completeness = completeness;
    this.format = format;
    this.isEnded = true;
    this.#owner.answerEnd();
  }

  /** Nothing is missing, as far as connection, body and format can tell. */
  get isComplete(): boolean {
    if (this.problems.length > 0) return false;
    if (this.endMarkNs !== undefined) return true;
    return this.completeness === "complete" && !this.isWithoutEnd;
  }

  /** A stream whose end nothing shows: its connection ended, and so may have a stream that was cut. */
  get isWithoutEnd(): boolean {
    return this.isUntilClose && this.completeness === "complete" && this.endMarkNs === undefined &&
      this.#reader?.hasEnded === false && !this.#hasAll && this.isStream;
  }

  /** The body is a stream of messages. */
  get isStream(): boolean {
    const told = this.#reader?.isStream;
    if (told !== undefined) return told;
    return this.format !== undefined ? !DOCUMENT_FORMATS.has(this.format) : this.endMarkNs !== undefined;
  }

  /** Pieces of output so far. */
  get chunkCount(): number {
    return this.#chunks;
  }

  /** There was a body at all. */
  get hasBody(): boolean {
    return this.format !== undefined || this.readChars > 0;
  }

  /** Messages of the body were read. */
  get hasText(): boolean {
    return this.readChars > 0;
  }

  /** The stream ended well, but the format's own end mark and the finish reason are missing. */
  hasNoEnd(response: ModelResponse): boolean {
    const hasEnded = this.#reader?.hasEnded;
    const isUnknown = this.isUntilClose && this.isStream && this.endMarkNs === undefined;
    const isOpen = hasEnded === false || (hasEnded === undefined && isUnknown);
    return isOpen && response.error === undefined &&
      !response.choices.some((choice) => choice.finishReason !== undefined);
  }

  /** The answer; undefined when not one message was read. A cut stream states no counts that were still growing. */
  finish(): ModelResponse | undefined {
    const response = this.#reader?.finish(this.isComplete);
    this.#hasAll = response !== undefined && hasAll(response);
    if (response !== undefined && this.isStream && (!this.isComplete || this.hasNoEnd(response))) {
      dropRunningCounts(response, this.#reader);
    }
    return response;
  }

  /** Number of pieces and, where each has its own time, the time between them; undefined for answers that are no stream. */
  toStreamFacts(isTimed: boolean): EventOf<"ai.response">["data"]["stream"] {
    if (!this.isStream || this.#chunks === 0) return undefined;
    const facts: NonNullable<EventOf<"ai.response">["data"]["stream"]> = { chunks: this.#chunks };
    if (isTimed && this.#chunks > 1 && this.firstTokenNs !== undefined) {
      facts.inter_chunk_ms_mean = toMs((this.#lastTokenNs - this.firstTokenNs) / (this.#chunks - 1));
      facts.inter_chunk_ms_max = toMs(this.#maxGapNs);
    }
    return facts;
  }

  #open(message: BodyMessage): ResponseReader | undefined {
    if (this.#isRefused) return undefined;
    this.#reader = this.#owner.openReader(message);
    this.#isRefused = this.#reader === undefined;
    if (this.problems.includes("gap")) this.#reader?.gap?.();
    return this.#reader;
  }

  #token(result: "token" | StreamDelta, timeNs: number): void {
    if (this.firstTokenNs === undefined) this.firstTokenNs = timeNs;
    else if (timeNs - this.#lastTokenNs > this.#maxGapNs) this.#maxGapNs = timeNs - this.#lastTokenNs;
    this.#lastTokenNs = timeNs;
    const isPiece = this.#reader?.isStream ?? !this.#isDocument;
    if (this.#wantsChunks && isPiece) this.#owner.chunk(result === "token" ? undefined : result, this.#chunks, timeNs);
    this.#chunks++;
  }
}

/** Why the model stopped and what it took: what comes last in every stream. */
function hasAll({ choices, usage }: ModelResponse): boolean {
  return choices.length > 0 && usage?.outputTokens !== undefined &&
    choices.every((choice) => choice.finishReason !== undefined);
}

/** Counts of output, which grow as long as a model writes. */
const OUTPUT_COUNTS = [
  "outputTokens",
  "totalTokens",
  "reasoningTokens",
  "outputAudioTokens",
  "outputImageTokens",
  "statedCostUsd",
] as const;

/** Several vendors state usage with every piece of a stream: before the model stopped it is not that of the answer. */
function dropRunningCounts(response: ModelResponse, reader: ResponseReader | undefined): void {
  if (response.usage === undefined || response.choices.some((choice) => choice.finishReason !== undefined)) return;
  if (reader?.hasFinalInput) { for (const count of OUTPUT_COUNTS) delete response.usage[count]; }
  else delete response.usage;
}

function toMs(durationNs: number): number {
  return Math.max(0, Math.round(durationNs / 1000) / (NS_PER_MS / 1000));
}
