import type { EventOf } from "../model/oisp_event.ts";
import { toResponseModel } from "./event_call.ts";
import { type CallFacts, toAuth } from "./event_request.ts";
import { type ResponseFacts, toError } from "./event_response.ts";
import { toEventUsage } from "./event_usage.ts";

type Data = EventOf<"ai.embedding">["data"];

/** `data` of the one event of an embedding exchange; `answer` is undefined when none came. */
export function toEmbeddingData(facts: CallFacts, answer: ResponseFacts | undefined): Data {
  const { request, response, auth } = facts.call;
  const data: Data = {};
  if (facts.provider !== undefined) data.provider = facts.provider;
  const model = toResponseModel(response?.model, request?.model);
  if (model !== undefined) data.model = model;
  data.request_type = "embedding";
  const requestId = response?.requestId ?? answer?.headerRequestId;
  if (requestId !== undefined) data.request_id = requestId;
  if (answer !== undefined) addAnswer(data, answer);
  if (response?.error !== undefined) data.error = toError(response.error);
  if (request?.inputCount !== undefined) data.input_count = request.inputCount;
  if (response?.embedding?.dimensions !== undefined) data.dimensions = response.embedding.dimensions;
  if (response?.embedding?.count !== undefined) data.embedding_count = response.embedding.count;
  if (request !== undefined && Object.keys(request.parameters).length > 0) data.parameters = request.parameters;
  const usage = toEventUsage(response?.usage);
  if (usage !== undefined) data.usage = usage;
  if (auth !== undefined) data.auth = toAuth(auth);
  if (facts.tlsInfo !== undefined) data.tls_info = facts.tlsInfo;
  return data;
}

function addAnswer(data: Data, answer: ResponseFacts): void {
  data.status_code = answer.status;
  if (answer.isSuccess !== undefined) data.success = answer.isSuccess;
  if (answer.latencyMs !== undefined) data.latency_ms = answer.latencyMs;
  if (answer.retryAfterMs !== undefined) data.retry_after_ms = answer.retryAfterMs;
  if (answer.rateLimit !== undefined) data.rate_limit = answer.rateLimit;
}
