import type { HttpExchange, HttpResponse } from "../model/http_exchange.ts";
import type { ModelRequest, ModelResponse } from "../model/model_call.ts";
import { toDurationMs } from "../model/time.ts";
import type { AnswerBody } from "./call_answer.ts";
import { hasSpan } from "./call_answer_facts.ts";
import { toResponseHead } from "./call_recognition.ts";
import type { Dialect, RequestHead, ResponseReader, StreamDelta } from "./dialect/dialect.ts";
import type { OutcomeTaker } from "./poll.ts";

/** The outcome of accepted work, told as the answer of the call that asked for it. */
export interface Outcome {
  /** The call's exchange, with what is known of the times of both: from the question to the last byte of the outcome. */
  readonly exchange: HttpExchange;
  /** Status and headers of the answer that took the work on, times and completeness of the one that brought the outcome. */
  readonly response: HttpResponse;
  /** The body that brought it. */
  readonly answer: AnswerBody;
  readonly decoded: ModelResponse;
  /** How many requests asked for it. */
  readonly polls: number;
  /** Until the vendor had taken the work on, in ms; undefined when times are not known. */
  readonly acceptedMs: number | undefined;
}

/** Whoever publishes the answer. */
export interface HeldAnswerOwner {
  readonly request: ModelRequest | undefined;
  readonly quirks: readonly string[];
  publishChunk(chunk: { readonly delta: StreamDelta | undefined }, index: number, timeNs: number): void;
  publishOutcome(outcome: Outcome): void;
  /** Publishes the answer that took the work on, as the only one there is. */
  publishUnfetched(): void;
}

/** What a held answer is made of. */
export interface HeldAnswerFacts {
  readonly exchange: HttpExchange;
  readonly response: HttpResponse;
  readonly decoded: ModelResponse;
  readonly dialect: Dialect;
  readonly wantsDelta: boolean;
  readonly heldChars: number;
}

/** An answer that took work on, until its outcome is fetched. */
export class HeldAnswer implements OutcomeTaker {
  readonly dialect: Dialect;
  readonly heldChars: number;
  readonly #owner: HeldAnswerOwner;
  readonly #facts: HeldAnswerFacts;
  #known: ModelResponse;
  #polls = 0;

  constructor(owner: HeldAnswerOwner, facts: HeldAnswerFacts) {
    this.#owner = owner;
    this.#facts = facts;
    this.dialect = facts.dialect;
    this.heldChars = facts.heldChars;
    this.#known = facts.decoded;
  }

  createReader(head: RequestHead, response: HttpResponse): ResponseReader {
    const { quirks, request } = this.#owner;
    const { wantsDelta } = this.#facts;
    return this.dialect.createReader({
      request,
      head,
      response: toResponseHead(response),
      quirks,
      wantsDelta,
      earlier: this.#known,
    });
  }

  tellChunk(delta: StreamDelta | undefined, index: number, timeNs: number): void {
    this.#owner.publishChunk({ delta }, index, timeNs);
  }

  addPoll(decoded: ModelResponse | undefined): void {
    this.#polls++;
    if (decoded !== undefined) this.#known = { ...this.#known, ...decoded };
  }

  tellOutcome(poll: HttpExchange, answer: AnswerBody, decoded: ModelResponse): void {
    const { exchange, response } = this.#facts;
    const { pending: _pending, isAccepted: _isAccepted, ...known } = this.#known;
    const isSpan = hasSpan(exchange) && hasSpan(poll);
    this.#owner.publishOutcome({
      exchange: poll.knownTimes === undefined ? exchange : { ...exchange, knownTimes: isSpan ? "span" : "moment" },
      response: poll.response === undefined ? response : joinHeads(response, poll.response),
      answer,
      decoded: { ...known, ...decoded },
      polls: ++this.#polls,
      acceptedMs: hasSpan(exchange) ? toDurationMs(exchange.request.firstByteNs, response.lastByteNs) : undefined,
    });
  }

  tellWithoutOutcome(): void {
    this.#owner.publishUnfetched();
  }
}

function joinHeads(accepted: HttpResponse, outcome: HttpResponse): HttpResponse {
  const { lastByteNs, wireBodyBytes, completeness, reasons } = outcome;
  return { ...accepted, lastByteNs, wireBodyBytes, completeness, reasons };
}
