/** Makes the drafts of one exchange: request, pieces, answer, embedding. */
import type { DraftEvent } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelCall, ModelRequest, RequestType } from "../model/model_call.ts";
import type { EventOf, EventType, OispEvent } from "../model/oisp_event.ts";
import { toDurationMs } from "../model/time.ts";
import type { AnswerBody } from "./call_answer.ts";
import {
  addHeaderFacts,
  addPlainError,
  type AnsweredCall,
  type CallSource,
  hasSpan,
  toAnswerConfidence,
  toResponseFacts,
} from "./call_answer_facts.ts";
import { toAuthFacts } from "./call_auth.ts";
import { limitAnswerDepth, limitRequestDepth } from "./call_depth.ts";
import {
  findMissingInRequest,
  type FormatSource,
  toConfidence,
  toToolConfidence,
  unite,
  withRequestReasons,
} from "./call_confidence.ts";
import type { HeadRecognition } from "./call_recognition.ts";
import type { RequestBody } from "./call_request.ts";
import type { CallStageContext, CallStageOutput } from "./call_stage_types.ts";
import type { Dialect } from "./dialect/dialect.ts";
import { toProvider, toTlsInfo } from "./event_call.ts";
import { type ChunkFacts, toChunkData } from "./event_chunk.ts";
import { toEmbeddingData } from "./event_embedding.ts";
import { toEndpoint } from "./event_endpoint.ts";
import { type Confidence, toAttrs, toEnvelope } from "./event_envelope.ts";
import { type CallFacts, toRequestData } from "./event_request.ts";
import { type ResponseFacts, toResponseData } from "./event_response.ts";
import { toToolCallData, toToolResultData } from "./event_tool.ts";
import { findDeployment } from "./provider/deployment.ts";
import { HeldAnswer, type Outcome } from "./held_answer.ts";
import type { PendingAnswers } from "./pending_answers.ts";
import type { OutcomeTaker } from "./poll.ts";
import { findByAnswer } from "./provider/lookup.ts";
import type { Provider } from "./provider/provider.ts";

const NO_QUIRKS: readonly string[] = [];

/** Work was accepted, and nothing here fetched what became of it. */
const OUTCOME_NOT_SEEN = "outcome_not_seen";

/** The events of one exchange. Each kind is published at most once, the pieces of a stream in order. */
export class CallEvents {
  readonly #exchange: HttpExchange;
  readonly #context: CallStageContext;
  readonly #output: CallStageOutput;
  readonly #recognition: HeadRecognition;
  readonly #call: ModelCall;
  readonly #requestType: RequestType;
  #formatBy: FormatSource;
  #dialect: Dialect;
  readonly #deployment: string | undefined;
  #provider: Provider | undefined;
  #facts: CallFacts | undefined;
  #requestEventId: string | undefined;
  /** What is wrong with a request that has no event of its own. */
  #requestReasons: readonly string[] = [];
  #requestChars = 0;
  /** The answer that took the work on, while its outcome is awaited. */
  #unfetched: AnswerBody | undefined;
  /** What is told of an answer whose outcome was fetched later. */
  #outcomeAttrs: Readonly<Record<string, number>> | undefined;

  constructor(
    exchange: HttpExchange,
    recognition: HeadRecognition,
    format: { readonly dialect: Dialect; readonly by: FormatSource; readonly request: ModelRequest | undefined },
    context: CallStageContext,
    output: CallStageOutput,
  ) {
    this.#exchange = exchange;
    this.#recognition = recognition;
    this.#context = context;
    this.#output = output;
    this.#formatBy = format.by;
    this.#dialect = format.dialect;
    const { head } = recognition;
    this.#requestType = format.request?.requestType ?? format.dialect.requestType(head);
    this.#call = { dialect: format.dialect.id };
    const auth = toAuthFacts(head.headers, head.query, exchange.request.hasUnknownFields);
    if (auth !== undefined) this.#call.auth = auth;
    const endpoint = toEndpoint(exchange);
    if (endpoint !== undefined) this.#call.endpoint = endpoint;
    if (format.request !== undefined) {
      limitRequestDepth(format.request);
      // Clients that always send the member send an empty one when there is no prompt.
      if (format.request.systemPrompt === "") delete format.request.systemPrompt;
      this.#call.request = format.request;
    }
    this.#setProvider(recognition.providerMatch.provider);
    this.#deployment = findDeployment(head.path, this.quirks);
    if (this.#deployment !== undefined && this.#call.request?.model === this.#deployment) {
      delete this.#call.request.model;
    }
  }

  /** The answer shows another format than the request was published with. */
  correct(dialect: Dialect, by: FormatSource): void {
    this.#call.dialect = dialect.id;
    this.#dialect = dialect;
    this.#formatBy = by;
  }

  /** Publishes `ai.request`; nothing for embeddings, which have one event at their end. */
  publishRequest(body: RequestBody): void {
    const { request } = this.#exchange;
    this.#requestChars = body.heldChars;
    if (this.#requestType === "embedding") {
      this.#requestReasons = unite(body.isComplete ? [] : [body.completeness], unite(request.reasons, body.problems));
      return;
    }
    const confidence = toConfidence({
      ...this.#source,
      completeness: body.completeness,
      reasons: unite(request.reasons, body.problems),
      hasContent: this.#call.request !== undefined,
      missing: findMissingInRequest(this.#call.request),
    });
    if (this.#dialect.callsTools) return this.#toolCall(confidence, request.firstByteNs);
    const data = toRequestData(this.#toFacts());
    this.#requestEventId = this.#draft("ai.request", request.firstByteNs, 0, confidence, data);
  }

  /** Publishes one `ai.streaming_chunk`. */
  publishChunk(chunk: ChunkFacts, index: number, timeNs: number): void {
    const confidence: Confidence = { level: this.#provider === undefined ? "inferred" : "high", completeness: "full" };
    const data = toChunkData(this.#toFacts(), this.#requestEventId, index, chunk);
    this.#draft("ai.streaming_chunk", timeNs, index, confidence, data);
  }

  /**
   * Publishes `ai.response`, or `ai.embedding`. The exchange has a response head. Where the vendor only took the work on and
   * `pending` is there, the answer waits in it for its outcome.
   */
  publishAnswer(answer: AnswerBody, pending: PendingAnswers<OutcomeTaker> | undefined): void {
    const { response } = this.#exchange;
    if (response === undefined) return;
    this.#setProvider(
      this.#provider ?? findByAnswer(this.#recognition.providerMatch.candidates, response.headers),
    );
    const decoded = answer.finish();
    if (decoded !== undefined) {
      limitAnswerDepth(decoded);
      this.#call.response = decoded;
    }
    addHeaderFacts(this.#call, response.headers);
    addPlainError(this.#call, response, answer);
    const work = decoded?.pending;
    const isFound = work !== undefined && work.addresses.length > 0 && response.status < 400;
    if (decoded === undefined || !isFound || pending === undefined) {
      return this.#publishAnswered({ exchange: this.#exchange, response, answer });
    }
    const heldChars = this.#requestChars + answer.readChars;
    const { wantsChunks: wantsDelta } = this.#context;
    const facts = { exchange: this.#exchange, response, decoded, dialect: this.#dialect, wantsDelta, heldChars };
    this.#unfetched = answer;
    pending.hold(new HeldAnswer(this, facts), work, response.lastByteNs);
  }

  /** Publishes the answer of accepted work, now that its outcome was fetched. */
  publishOutcome({ exchange, response, answer, decoded, polls, acceptedMs }: Outcome): void {
    limitAnswerDepth(decoded);
    this.#call.response = decoded;
    this.#outcomeAttrs = { polls, ...(acceptedMs !== undefined && { accepted_ms: acceptedMs }) };
    this.#publishAnswered({ exchange, response, answer });
  }

  /** Publishes the answer that took work on whose outcome nobody fetched here: it tells that, and no more. */
  publishUnfetched(): void {
    const { response } = this.#exchange;
    if (response === undefined || this.#unfetched === undefined) return;
    this.#publishAnswered({ exchange: this.#exchange, response, answer: this.#unfetched }, OUTCOME_NOT_SEEN);
  }

  #publishAnswered(told: Pick<AnsweredCall, "exchange" | "response" | "answer">, reason?: string): void {
    const answered = { ...told, call: this.#call, requestType: this.#requestType };
    const { answer, response: { lastByteNs } } = told;
    const facts = toResponseFacts(answered, this.#requestEventId);
    const confidence = toAnswerConfidence(answered, this.#source, reason);
    if (this.#dialect.callsTools) return this.#toolResult(confidence, lastByteNs);
    if (this.#requestType === "embedding") return this.#embedding(confidence, facts, lastByteNs);
    if (this.#context.wantsChunks) this.#publishLastChunk(answer, lastByteNs);
    this.#draft("ai.response", lastByteNs, 0, confidence, toResponseData(this.#toFacts(), facts));
  }

  /** Formats say why they ended in different places; here it is always the last chunk that does, and nothing else. */
  #publishLastChunk(answer: AnswerBody, timeNs: number): void {
    const finishReason = this.#call.response?.choices[0]?.finishReason;
    if (finishReason === undefined || !answer.isStream || answer.chunkCount === 0) return;
    this.publishChunk({ finishReason }, answer.chunkCount, answer.endMarkNs ?? timeNs);
  }

  /** Publishes what has to be published although no answer came: the one event of an embedding exchange. */
  publishNoAnswer(timeNs: number): void {
    if (this.#requestType !== "embedding") return;
    const confidence = toConfidence({
      ...this.#source,
      completeness: "truncated",
      reasons: ["no_answer"],
      hasContent: this.#call.request !== undefined,
      missing: ["usage"],
    });
    this.#embedding(confidence, undefined, timeNs);
  }

  /** Named deviations of the vendor. */
  get quirks(): readonly string[] {
    return this.#provider?.quirks ?? NO_QUIRKS;
  }

  /** What the request asks; undefined when its body could not be decoded. */
  get request(): ModelRequest | undefined {
    return this.#call.request;
  }

  /** How the format and the vendor are known. */
  get #source(): CallSource {
    return {
      hasProvider: this.#provider !== undefined,
      formatBy: this.#formatBy,
      isOpaque: this.#dialect.isOpaque === true,
    };
  }

  #toolCall(confidence: Confidence, timeNs: number): void {
    const call = this.#call.request?.messages[0]?.toolCalls?.[0];
    if (call === undefined) return;
    const data = toToolCallData(call, this.#recognition.head.host);
    this.#requestEventId = this.#draft("agent.tool_call", timeNs, 0, toToolConfidence(confidence), data);
  }

  #toolResult(confidence: Confidence, timeNs: number): void {
    const call = this.#call.request?.messages[0]?.toolCalls?.[0];
    if (this.#call.response?.toolDefinitions !== undefined) this.#listOfTools(timeNs);
    const result = this.#call.response?.toolResults?.[0];
    if (call === undefined || result === undefined || this.#requestEventId === undefined) return;
    const data = toToolResultData(call, result, {
      server: this.#recognition.head.host,
      callEventId: this.#requestEventId,
      times: {
        durationMs: hasSpan(this.#exchange) ? toDurationMs(this.#exchange.request.firstByteNs, timeNs) : undefined,
      },
    });
    this.#draft("agent.tool_result", timeNs, 0, toToolConfidence(confidence), data);
  }

  /** The list is no event; the story of its server knows it from then on. */
  #listOfTools(timeNs: number): void {
    const { event_type, data }: Pick<EventOf<"agent.tool_call">, "event_type" | "data"> = {
      event_type: "agent.tool_call",
      data: { tool: {} },
    };
    const confidence: Confidence = { level: "high", completeness: "full" };
    const event = {
      ...toEnvelope(this.#context, this.#exchange, { eventType: event_type, timeNs, index: 0 }),
      event_type,
      confidence,
      data,
    };
    const { processKey } = this.#exchange.connection;
    this.#output.draft({ event, timeNs, processKey, exchange: this.#exchange, call: this.#call, isSilent: true });
  }

  #embedding(confidence: Confidence, facts: ResponseFacts | undefined, timeNs: number): void {
    const reasons = this.#requestReasons;
    const whole = reasons.length === 0 ? confidence : withRequestReasons(confidence, this.#call.request, reasons);
    this.#draft("ai.embedding", timeNs, 0, whole, toEmbeddingData(this.#toFacts(), facts));
  }

  #setProvider(provider: Provider | undefined): void {
    if (provider === undefined || provider === this.#provider) return;
    this.#provider = provider;
    this.#call.provider = { id: provider.id, name: provider.name };
    this.#call.providerBy = provider === this.#recognition.providerMatch.provider ? "host" : "header";
    this.#facts = undefined;
  }

  #toFacts(): CallFacts {
    return this.#facts ??= {
      call: this.#call,
      requestType: this.#requestType,
      provider: toProvider(this.#call, this.#recognition.head.host),
      tlsInfo: toTlsInfo(this.#exchange),
    };
  }

  #draft(eventType: EventType, timeNs: number, index: number, sureness: Confidence, data: OispEvent["data"]): string {
    const exchange = this.#exchange;
    const { oisp_version, event_id, timestamp } = toEnvelope(this.#context, exchange, { eventType, timeNs, index });
    const attrs = toAttrs(exchange, this.#call.dialect);
    if (this.#deployment !== undefined) attrs.deployment = this.#deployment;
    if (this.#outcomeAttrs !== undefined) Object.assign(attrs, this.#outcomeAttrs);
    if (this.#dialect.isOpaque) {
      attrs.request_bytes = exchange.request.wireBodyBytes;
      if (exchange.response !== undefined) attrs.response_bytes = exchange.response.wireBodyBytes;
    }
    const confidence = exchange.knownTimes === "none"
      ? { ...sureness, reasons: [...sureness.reasons ?? [], "time_unknown"] }
      : sureness;
    const event = { oisp_version, event_id, event_type: eventType, timestamp, confidence, attrs, data } as OispEvent;
    const draft: DraftEvent = {
      event,
      timeNs,
      processKey: exchange.connection.processKey,
      exchange,
      call: this.#call,
    };
    this.#output.draft(draft);
    return event_id;
  }
}
