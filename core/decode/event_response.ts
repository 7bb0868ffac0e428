import type { Choice, ModelError, ModelResponse } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toEventMessage } from "./event_message.ts";
import { toResponseModel } from "./event_call.ts";
import type { CallFacts } from "./event_request.ts";
import { toEventUsage } from "./event_usage.ts";

type Data = EventOf<"ai.response">["data"];

/** What only the exchange tells about an answer. */
export interface ResponseFacts {
  readonly status: number;
  /** Undefined when the answer was cut before it could be known. */
  readonly isSuccess: boolean | undefined;
  /** Undefined when there was no body to tell. */
  readonly isStreaming: boolean | undefined;
  readonly latencyMs: number | undefined;
  readonly timeToFirstTokenMs: number | undefined;
  readonly stream: Data["stream"];
  readonly requestEventId: string | undefined;
  /** Vendor's id of the call from the headers. */
  readonly headerRequestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly rateLimit: Record<string, string> | undefined;
}

/** `data` of an `ai.response`. */
export function toResponseData(facts: CallFacts, answer: ResponseFacts): Data {
  const response: ModelResponse = facts.call.response ?? { choices: [] };
  const data: Data = {};
  if (facts.provider !== undefined) data.provider = facts.provider;
  const model = toResponseModel(response.model, facts.call.request?.model);
  if (model !== undefined) data.model = model;
  data.request_type = facts.requestType;
  if (answer.isStreaming !== undefined) data.streaming = answer.isStreaming;
  const requestId = response.requestId ?? answer.headerRequestId;
  if (requestId !== undefined) data.request_id = requestId;
  if (answer.requestEventId !== undefined) data.related_event_id = answer.requestEventId;
  data.status_code = answer.status;
  if (answer.isSuccess !== undefined) data.success = answer.isSuccess;
  if (response.error !== undefined) data.error = toError(response.error);
  if (response.choices.length > 0) addChoices(data, response.choices);
  addCounts(data, response);
  addTimes(data, answer);
  if (answer.retryAfterMs !== undefined) data.retry_after_ms = answer.retryAfterMs;
  if (answer.rateLimit !== undefined) data.rate_limit = answer.rateLimit;
  if (facts.tlsInfo !== undefined) data.tls_info = facts.tlsInfo;
  return data;
}

/** An error as published. */
export function toError(error: ModelError): NonNullable<Data["error"]> {
  return {
    ...(error.type !== undefined && { type: error.type }),
    ...(error.code !== undefined && { code: error.code }),
    ...(error.message !== undefined && { message: error.message }),
  };
}

function addChoices(data: Data, choices: readonly Choice[]): void {
  let toolCalls = 0;
  data.choices = choices.map((choice) => {
    toolCalls += choice.message.toolCalls?.length ?? 0;
    return toChoice(choice);
  });
  if (toolCalls > 0) data.tool_calls_count = toolCalls;
  const reason = choices[0]?.finishReason;
  if (reason !== undefined) data.finish_reason = reason;
}

function toChoice(choice: Choice): NonNullable<Data["choices"]>[number] {
  const message = toEventMessage(choice.message);
  if (choice.finishReason === undefined) return { index: choice.index, message };
  const isSameWord = choice.rawFinishReason === undefined || choice.rawFinishReason === choice.finishReason;
  return {
    index: choice.index,
    finish_reason: choice.finishReason,
    ...(!isSameWord && { raw_finish_reason: choice.rawFinishReason }),
    message,
  };
}

function addCounts(data: Data, response: ModelResponse): void {
  const usage = toEventUsage(response.usage);
  if (usage !== undefined) data.usage = usage;
  if (response.serviceTier !== undefined) data.service_tier = response.serviceTier;
  if (response.outputCount !== undefined) data.output_count = response.outputCount;
}

function addTimes(data: Data, answer: ResponseFacts): void {
  if (answer.latencyMs !== undefined) data.latency_ms = answer.latencyMs;
  if (answer.timeToFirstTokenMs !== undefined) data.time_to_first_token_ms = answer.timeToFirstTokenMs;
  if (answer.stream !== undefined) data.stream = answer.stream;
}
