/** What is said of an answer beside its decoded content: how sure and how whole it is, its times and its headers. */
import type { HttpExchange, HttpHeaders } from "../model/http_exchange.ts";
import type { ModelCall, RequestType } from "../model/model_call.ts";
import { toDurationMs } from "../model/time.ts";
import type { AnswerBody } from "./call_answer.ts";
import {
  findMissingInAnswer,
  type FormatSource,
  hasAnswer,
  toConfidence,
  toPartial,
  unite,
} from "./call_confidence.ts";
import { readGrpcError, readRateLimit, readRequestId, readRetryAfterMs, readStatedCostUsd } from "./call_headers.ts";
import type { Confidence } from "./event_envelope.ts";
import type { ResponseFacts } from "./event_response.ts";

/** Header fields are unknown: limits and ids that they would tell are. */
const UNKNOWN_FIELDS = "hpack_state";

/** UTF-16 units of an error that is plain text: what follows is a trace of calls. */
const MAX_WORDS = 4096;

/** An answer, and the call it belongs to. */
export interface AnsweredCall {
  readonly exchange: HttpExchange;
  readonly response: NonNullable<HttpExchange["response"]>;
  readonly call: ModelCall;
  readonly requestType: RequestType;
  readonly answer: AnswerBody;
}

/** How the format and the vendor of a call are known. */
export interface CallSource {
  readonly hasProvider: boolean;
  readonly formatBy: FormatSource;
  readonly isOpaque: boolean;
}

/** Whether start and end of an exchange are known, not only one of them. */
export function hasSpan({ knownTimes }: HttpExchange): boolean {
  return knownTimes === undefined || knownTimes === "span";
}

/** Adds what only the headers of an answer tell: the error of a gRPC call, and a cost in dollars. */
export function addHeaderFacts(call: ModelCall, headers: HttpHeaders): void {
  const error = headers.has("grpc-status") ? readGrpcError(headers) : undefined;
  if (error !== undefined && call.response?.error === undefined) {
    call.response = { ...call.response ?? { choices: [] }, error };
  }
  const statedCostUsd = readStatedCostUsd(headers);
  if (statedCostUsd === undefined) return;
  const response = call.response ??= { choices: [] };
  response.usage = { ...response.usage, statedCostUsd };
}

/** Adds the words of an error that came as plain text; of long ones the beginning. */
export function addPlainError(call: ModelCall, { status }: { readonly status: number }, answer: AnswerBody): void {
  const text = status >= 400 ? answer.plainText : undefined;
  if (text === undefined || call.response?.error !== undefined) return;
  call.response = { ...call.response ?? { choices: [] }, error: { message: text.slice(0, MAX_WORDS) } };
}

/**
 * Gives how sure and how whole what is told of an answer is. `unfinished`: why the answer is not all that there was to tell, although
 * it arrived whole.
 */
export function toAnswerConfidence(answered: AnsweredCall, source: CallSource, unfinished?: string): Confidence {
  const { response: head, call: { response }, requestType, answer } = answered;
  const reasons = unite(answer.isComplete ? [] : head.reasons, answer.problems);
  if (head.hasUnknownFields && !reasons.includes(UNKNOWN_FIELDS)) reasons.push(UNKNOWN_FIELDS);
  const hasNoEnd = answer.isComplete ? response !== undefined && answer.hasNoEnd(response) : answer.isWithoutEnd;
  if (hasNoEnd) reasons.push("no_end_mark");
  if (isUnread(answered)) reasons.push("not_decoded");
  const confidence = toConfidence({
    ...source,
    completeness: answer.isComplete ? "complete" : answer.completeness,
    reasons,
    hasContent: hasAnswer(response, requestType),
    isPairingAssumed: answered.exchange.isPairingAssumed,
    missing: answer.isComplete && reasons.length === 0 ? [] : findMissingInAnswer(response, requestType),
  });
  if (unfinished === undefined) return confidence;
  return toPartial(confidence, unfinished, findMissingInAnswer(response, requestType));
}

/** Gives what status, headers and times tell of an answer. */
export function toResponseFacts(answered: AnsweredCall, requestEventId: string | undefined): ResponseFacts {
  const { exchange, response, call, answer } = answered;
  const startNs = exchange.request.firstByteNs;
  const isFailed = response.status >= 400 || call.response?.error !== undefined;
  const first = answer.firstTokenNs;
  const isTimed = exchange.knownTimes === undefined;
  return {
    status: response.status,
    isSuccess: isFailed ? false : hasSucceeded(answered) ? true : undefined,
    isStreaming: answer.hasBody ? answer.isStream && !isErrorList(answered) : undefined,
    latencyMs: hasSpan(exchange) ? toDurationMs(startNs, response.lastByteNs) : undefined,
    timeToFirstTokenMs: isTimed && answer.isStream && first !== undefined ? toDurationMs(startNs, first) : undefined,
    stream: answer.toStreamFacts(isTimed),
    requestEventId,
    headerRequestId: readRequestId(response.headers),
    retryAfterMs: readRetryAfterMs(response.headers) ?? call.response?.error?.retryAfterMs,
    rateLimit: readRateLimit(response.headers),
  };
}

/** Google sends the error of a call as a list of one, like the stream that it would have sent. */
function isErrorList({ answer, response }: AnsweredCall): boolean {
  return response.status >= 400 && answer.format === "json_array";
}

/** The answer is whole; one that was not understood, or stopped without its end, may have told of an error. */
function hasSucceeded(answered: AnsweredCall): boolean {
  const { answer, call: { response } } = answered;
  return answer.isComplete && !isUnread(answered) && (response === undefined || !answer.hasNoEnd(response));
}

/** There was an answer, and nothing of it was understood, be it text or not; or a stream, and nothing came on it. */
function isUnread({ answer, call, requestType }: AnsweredCall): boolean {
  const isReadable = answer.hasText || answer.isStream || (answer.hasBody && SPOKEN.has(requestType));
  return isReadable && !hasAnswer(call.response, requestType);
}

/** Kinds of calls whose answers are never only bytes, as sound and pictures are. */
const SPOKEN: ReadonlySet<RequestType> = new Set<RequestType>(["chat", "completion", "embedding"]);
