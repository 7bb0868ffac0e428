/**
 * One exchange on its way to events. The format is decided by the request's head, else by its body, else by the answer; the
 * request is published when its body has ended and the format is sure, the answer when it has ended.
 */
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelRequest } from "../model/model_call.ts";
import type { BodyDecoder } from "./body/body_decoder_types.ts";
import type { BodyMessage } from "./body/body_format.ts";
import { AnswerBody, type AnswerOwner } from "./call_answer.ts";
import type { FormatSource } from "./call_confidence.ts";
import { CallEvents } from "./call_events.ts";
import {
  type DialectMatch,
  type HeadRecognition,
  recogniseAnswer,
  recogniseBody,
  toResponseHead,
} from "./call_recognition.ts";
import { RequestBody } from "./call_request.ts";
import type { CallStageContext, CallStageOutput } from "./call_stage_types.ts";
import { type Dialect, type ResponseReader, type StreamDelta, SURE } from "./dialect/dialect.ts";
import { parseRecord } from "./dialect/json_access.ts";
import type { PendingAnswers } from "./pending_answers.ts";
import type { OutcomeTaker } from "./poll.ts";

/** A body that looks this much like a format is one, even when only an error answers it. */
const LIKELY = 0.7;

/** A request whose body looks enough like a format waits so long for the answer to confirm it. */
const ANSWER_WAIT_NS = 2e9;

/** Score of a format whose path fits and whose body does not. */
const DOUBTED = 0.1;

/** One exchange. The stage hands out the sinks of its bodies and ends it exactly once. */
export class Call implements AnswerOwner {
  readonly requestBody: RequestBody;
  readonly answer: AnswerBody;
  requestDecoder: BodyDecoder | undefined;
  answerDecoder: BodyDecoder | undefined;
  /** Found to be no call: nothing of it is kept. */
  isDropped = false;
  readonly #exchange: HttpExchange;
  readonly #context: CallStageContext;
  readonly #output: CallStageOutput;
  readonly #recognition: HeadRecognition;
  #match: DialectMatch | undefined;
  #formatBy: FormatSource = "path";
  #isSure: boolean;
  /** Set when the request has been published. */
  #events: CallEvents | undefined;
  #hasAnswerEvent = false;
  readonly #pending: PendingAnswers<OutcomeTaker> | undefined;

  /** `pending` takes answers whose outcome is fetched later. */
  constructor(
    exchange: HttpExchange,
    recognition: HeadRecognition,
    context: CallStageContext,
    output: CallStageOutput,
    pending?: PendingAnswers<OutcomeTaker>,
  ) {
    this.#pending = pending;
    this.#exchange = exchange;
    this.#context = context;
    this.#output = output;
    this.#recognition = recognition;
    this.#match = recognition.match;
    this.#isSure = recognition.isSure;
    this.requestBody = new RequestBody(() => this.#requestEnd());
    this.answer = new AnswerBody(this, context.wantsChunks);
  }

  /** UTF-16 units held besides the body decoders. */
  get heldChars(): number {
    return this.requestBody.heldChars + this.answer.readChars;
  }

  /** When the answer said its own end, on the boot clock; undefined while it has not, or when all is published. */
  get endMarkNs(): number | undefined {
    return this.#hasAnswerEvent ? undefined : this.answer.endMarkNs;
  }

  /** No older fact is under way. A model may think for minutes: a likely request is told before its answer begins. */
  advance(nowNs: number): void {
    if (this.#isSure || this.#events !== undefined || this.isDropped || !this.requestBody.isEnded) return;
    if (this.answer.readChars > 0 || nowNs - this.#exchange.request.lastByteNs < ANSWER_WAIT_NS) return;
    if ((this.#match?.score ?? 0) < LIKELY) return;
    this.#publishRequest();
  }

  /** The answer's body ended, or its end mark came and nothing followed. Waits for a request that is still being sent. */
  answerEnd(): void {
    if (this.isDropped || !this.requestBody.isEnded) return;
    if (!this.#isSure && !this.#accept()) return this.#drop();
    this.#publishAnswer();
  }

  /** Nothing more comes for this exchange: publishes what is known. */
  end(timeNs: number): void {
    if (this.isDropped) return;
    if (!this.requestBody.isEnded) this.requestBody.bodyEnd(this.#exchange.request.completeness);
    if (this.isDropped) return;
    if (!this.#isSure && !this.#accept()) return this.#drop();
    this.#publishRequest();
    if (this.#exchange.response !== undefined) this.#publishAnswer();
    else this.#events?.publishNoAnswer(timeNs);
  }

  openReader(message: BodyMessage): ResponseReader | undefined {
    if (!this.#isSure) this.#decideByAnswer(message);
    if (this.isDropped || this.#match === undefined) return undefined;
    if (this.requestBody.isEnded) this.#publishRequest();
    return this.#match.dialect.createReader({
      request: this.#events?.request,
      head: this.#recognition.head,
      response: toResponseHead(this.#exchange.response),
      quirks: this.#recognition.providerMatch.provider?.quirks ?? [],
      wantsDelta: this.#context.wantsChunks,
    });
  }

  chunk(delta: StreamDelta | undefined, index: number, timeNs: number): void {
    this.#events?.publishChunk({ delta }, index, timeNs);
  }

  #requestEnd(): void {
    if (!this.#isSure) this.#decideByRequest();
    else if (this.#isContradicted()) this.#doubt();
    if (this.#match === undefined) return this.#drop();
    if (!this.#isSure) return;
    this.#publishRequest();
    if (this.answer.isEnded) this.#publishAnswer();
  }

  #decideByRequest(): void {
    const { record } = this.requestBody;
    if (record === undefined) return;
    const match = recogniseBody(record, this.#recognition.head);
    if (match !== undefined && match.score > (this.#match?.score ?? 0)) {
      if (match.dialect !== this.#match?.dialect) this.#formatBy = "body";
      this.#match = match;
    }
    this.#isSure = this.#match !== undefined && this.#match.score >= SURE;
  }

  /** A path alone proves nothing on a host in no list when the body is there and is another thing. */
  #isContradicted(): boolean {
    if (this.#recognition.providerMatch.provider !== undefined || this.#match === undefined) return false;
    if (!this.requestBody.isComplete) return false;
    const request = this.#decode(this.#match.dialect);
    return request === undefined || saysLittle(request);
  }

  #doubt(): void {
    this.#isSure = false;
    if (this.#match !== undefined) this.#match = { dialect: this.#match.dialect, score: DOUBTED };
  }

  /** Takes the format the answer shows; drops the exchange when the answer is none of any format. */
  #decideByAnswer(message: BodyMessage): void {
    const match = recogniseAnswer(parseRecord(message.text), toResponseHead(this.#exchange.response));
    if (match !== undefined && (match.score >= LIKELY || match.dialect === this.#match?.dialect)) {
      if (match.dialect !== this.#match?.dialect) this.#formatBy = "answer";
      this.#match = match;
      this.#isSure = true;
      this.#events?.correct(match.dialect, this.#formatBy);
    } else if (!this.#accept()) this.#drop();
  }

  /** Without a telling answer a request counts when its own body looks enough like the format. */
  #accept(): boolean {
    const status = this.#exchange.response?.status;
    if (this.#match === undefined || this.#match.score < LIKELY) return false;
    this.#isSure = status === undefined || status >= 400;
    return this.#isSure;
  }

  #drop(): void {
    this.isDropped = true;
    this.requestBody.release();
    this.#output.classified(this.#exchange, "not_ai");
  }

  #publishRequest(): void {
    if (this.#events !== undefined || this.#match === undefined) return;
    const { dialect } = this.#match;
    const request = this.#decode(dialect);
    const format = { dialect, by: this.#formatBy, request };
    this.#events = new CallEvents(this.#exchange, this.#recognition, format, this.#context, this.#output);
    this.#output.classified(this.#exchange, "ai");
    this.#events.publishRequest(this.requestBody);
    this.requestBody.release();
  }

  #decode(dialect: Dialect): ModelRequest | undefined {
    const quirks = this.#recognition.providerMatch.provider?.quirks ?? [];
    return this.requestBody.decode(dialect, this.#recognition.head, quirks);
  }

  #publishAnswer(): void {
    if (this.#hasAnswerEvent) return;
    this.#publishRequest();
    this.#hasAnswerEvent = true;
    this.#events?.publishAnswer(this.answer, this.#pending);
  }
}

/** One text and nothing else, not even a model: other services have a path and a member of that name, too. */
function saysLittle({ requestType, model, messages, tools, parameters, isStreaming, isDelta }: ModelRequest): boolean {
  if (requestType !== "chat" && requestType !== "completion") return false;
  if (model !== undefined || isStreaming || isDelta === true || messages.length > 1 || tools.length > 0) return false;
  return Object.keys(parameters).length === 0;
}
