import type { HttpExchange, HttpResponse } from "../model/http_exchange.ts";
import type { ModelResponse } from "../model/model_call.ts";
import type { BodyDecoder } from "./body/body_decoder_types.ts";
import type { BodyMessage } from "./body/body_format.ts";
import { AnswerBody, type AnswerOwner } from "./call_answer.ts";
import { toHead } from "./call_recognition.ts";
import type { Dialect, RequestHead, ResponseReader, StreamDelta } from "./dialect/dialect.ts";
import type { PendingAnswers, WaitingAnswer } from "./pending_answers.ts";

/** The work is under way. */
const ACCEPTED = 202;
/** The vendor refused to tell, which says nothing about the work; but this status says that the work itself cannot be done. */
const FIRST_ERROR = 400;
const UNPROCESSABLE = 422;

/** An answer that waits for its outcome, and can tell it. */
export interface OutcomeTaker extends WaitingAnswer {
  /** Reads the body of a poll. */
  readonly dialect: Dialect;
  /** Creates the reader of one poll. */
  createReader(head: RequestHead, response: HttpResponse): ResponseReader;
  /** A piece of a streamed outcome. */
  tellChunk(delta: StreamDelta | undefined, index: number, timeNs: number): void;
  /** Not yet; `decoded` is what is known so far. */
  addPoll(decoded: ModelResponse | undefined): void;
  /** The outcome. */
  tellOutcome(poll: HttpExchange, answer: AnswerBody, decoded: ModelResponse): void;
}

/** One request that asks how far accepted work is. It is no call and gives no event; what it brings belongs to the call that waits. */
export class Poll implements AnswerOwner {
  readonly answer: AnswerBody;
  answerDecoder: BodyDecoder | undefined;
  /** Never: what it brings is known to be wanted. */
  readonly isDropped = false;
  readonly #exchange: HttpExchange;
  readonly #taker: OutcomeTaker;
  readonly #pending: PendingAnswers<OutcomeTaker>;

  constructor(
    exchange: HttpExchange,
    taker: OutcomeTaker,
    pending: PendingAnswers<OutcomeTaker>,
    wantsChunks: boolean,
  ) {
    this.#exchange = exchange;
    this.#taker = taker;
    this.#pending = pending;
    this.answer = new AnswerBody(this, wantsChunks);
  }

  /** UTF-16 units and bytes held. */
  get heldBytes(): number {
    return this.answer.readChars + (this.answerDecoder?.heldBytes ?? 0);
  }

  openReader(_message: BodyMessage): ResponseReader | undefined {
    const { response } = this.#exchange;
    return response === undefined ? undefined : this.#taker.createReader(toHead(this.#exchange), response);
  }

  chunk(delta: StreamDelta | undefined, index: number, timeNs: number): void {
    this.#taker.tellChunk(delta, index, timeNs);
  }

  answerEnd(): void {
    // The exchange's end, right after, is early enough.
  }

  /** Nothing more comes for this exchange. */
  end(timeNs: number): void {
    const { response } = this.#exchange;
    if (response === undefined) return;
    const decoded = this.answer.finish() ??
      (isFile(response, this.answer) ? { choices: [], outputCount: 1 } : undefined);
    const outcome = isOutcome(response, decoded, this.answer) ? decoded : undefined;
    if (outcome === undefined) {
      this.#taker.addPoll(response.status < FIRST_ERROR && this.answer.isComplete ? decoded : undefined);
      this.#pending.prolong(this.#taker, decoded?.pending, timeNs);
    } else if (this.#pending.take(this.#taker)) this.#taker.tellOutcome(this.#exchange, this.answer, outcome);
  }
}

/** The output itself, where an address gives a file when the work is done. */
function isFile(response: HttpResponse, answer: AnswerBody): boolean {
  return response.status === 200 && answer.format === "binary";
}

/** A document that was cut may be fetched again; a stream is not. */
function isOutcome(response: HttpResponse, decoded: ModelResponse | undefined, answer: AnswerBody): boolean {
  if (decoded === undefined || decoded.pending !== undefined || response.status === ACCEPTED) return false;
  if (response.status >= FIRST_ERROR && response.status !== UNPROCESSABLE) return false;
  return answer.isComplete || answer.isStream;
}
