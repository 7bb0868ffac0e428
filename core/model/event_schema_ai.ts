import * as v from "valibot";
import { Amount, Count, eventSchema, JsonValue, Redaction, Text } from "./event_schema_common.ts";

const Provider = v.strictObject({
  /** Absent for hosts that are in no list. */
  id: v.optional(v.string()),
  name: v.optional(v.string()),
  endpoint: v.optional(v.string()),
  region: v.optional(v.string()),
});

const Model = v.strictObject({
  id: v.optional(v.string()),
  /** From a checked table, else absent. */
  family: v.optional(v.string()),
  /** Model the request named, where the answer names a more exact one. */
  requested_id: v.optional(v.string()),
});

/** Tool call inside a message. `arguments` is a JSON value or text. */
export const MessageToolCall = v.strictObject({
  id: v.optional(v.string()),
  name: v.optional(v.string()),
  type: v.optional(v.string()),
  arguments: v.optional(JsonValue),
  arguments_incomplete: v.optional(v.boolean()),
});

/** One message: with `content` (masked, full), or with its digest (safe). */
export const EventMessage = v.strictObject({
  role: v.string(),
  content: v.optional(v.string()),
  content_length: v.optional(Count),
  content_hash: v.optional(v.string()),
  reasoning: v.optional(Text),
  name: v.optional(v.string()),
  tool_call_id: v.optional(v.string()),
  tool_calls: v.optional(v.array(MessageToolCall)),
  image_count: v.optional(Count),
  audio_count: v.optional(Count),
  file_count: v.optional(Count),
});

const Tool = v.strictObject({
  name: v.optional(v.string()),
  type: v.optional(v.string()),
  server: v.optional(v.string()),
});

const RequestTypeSchema = v.picklist([
  "chat",
  "completion",
  "embedding",
  "image",
  "audio",
  "moderation",
  "rerank",
  "realtime",
  "batch",
  "count_tokens",
  "models",
  "other",
]);

const redactionEntries = {
  messages_redacted: v.optional(v.boolean()),
  redaction: v.optional(Redaction),
};

const callEntries = {
  provider: v.optional(Provider),
  model: v.optional(Model),
  request_type: v.optional(RequestTypeSchema),
  streaming: v.optional(v.boolean()),
  conversation_id: v.optional(v.string()),
  tls_info: v.optional(
    v.strictObject({
      library: v.optional(v.string()),
      remote_ip: v.optional(v.string()),
      remote_port: v.optional(Count),
    }),
  ),
};

const Usage = v.strictObject({
  prompt_tokens: v.optional(Count),
  completion_tokens: v.optional(Count),
  total_tokens: v.optional(Count),
  cached_tokens: v.optional(Count),
  cache_write_tokens: v.optional(Count),
  reasoning_tokens: v.optional(Count),
  input_audio_tokens: v.optional(Count),
  output_audio_tokens: v.optional(Count),
  input_image_tokens: v.optional(Count),
  output_image_tokens: v.optional(Count),
});

const Cost = v.strictObject({
  usd: v.optional(Amount),
  input_usd: v.optional(Amount),
  output_usd: v.optional(Amount),
  /** `provider` (stated on the wire) or `price_table`. */
  source: v.optional(v.picklist(["provider", "price_table"])),
  /** Date of the price data. */
  price_date: v.optional(v.string()),
});

const ErrorFacts = v.strictObject({
  type: v.optional(v.string()),
  code: v.optional(v.string()),
  message: v.optional(Text),
});

const FinishReasonSchema = v.picklist(["stop", "length", "tool_calls", "content_filter", "error", "other"]);

const Stream = v.strictObject({
  chunks: v.optional(Count),
  inter_chunk_ms_mean: v.optional(Amount),
  inter_chunk_ms_max: v.optional(Amount),
});

/** `ai.request`: a request to a model, once it is complete. */
export const AiRequest = eventSchema(
  "ai.request",
  v.strictObject({
    ...callEntries,
    message_count: v.optional(Count),
    messages: v.optional(v.array(EventMessage)),
    has_system_prompt: v.optional(v.boolean()),
    system_prompt: v.optional(Text),
    system_prompt_hash: v.optional(v.string()),
    tools: v.optional(v.array(Tool)),
    tool_choice: v.optional(v.string()),
    parameters: v.optional(v.record(v.string(), JsonValue)),
    token_estimate: v.optional(v.strictObject({
      input: v.optional(Count),
      estimated_cost_usd: v.optional(Amount),
      method: v.string(),
    })),
    auth: v.optional(v.strictObject({ type: v.string(), key_prefix: v.optional(v.string()) })),
    input_count: v.optional(Count),
    is_delta: v.optional(v.boolean()),
    previous_response_id: v.optional(v.string()),
    ...redactionEntries,
  }),
);

/** `ai.response`: the answer, once it has ended. */
export const AiResponse = eventSchema(
  "ai.response",
  v.strictObject({
    ...callEntries,
    request_id: v.optional(v.string()),
    related_event_id: v.optional(v.string()),
    status_code: v.optional(Count),
    success: v.optional(v.boolean()),
    error: v.optional(ErrorFacts),
    choices: v.optional(v.array(v.strictObject({
      index: Count,
      finish_reason: v.optional(FinishReasonSchema),
      raw_finish_reason: v.optional(v.string()),
      message: EventMessage,
    }))),
    tool_calls_count: v.optional(Count),
    usage: v.optional(Usage),
    cost: v.optional(Cost),
    finish_reason: v.optional(FinishReasonSchema),
    latency_ms: v.optional(Amount),
    time_to_first_token_ms: v.optional(Amount),
    stream: v.optional(Stream),
    retry_after_ms: v.optional(Amount),
    rate_limit: v.optional(v.record(v.string(), v.string())),
    service_tier: v.optional(v.string()),
    output_count: v.optional(Count),
    ...redactionEntries,
  }),
);

/** `ai.streaming_chunk`: one piece of a streamed answer (opt-in). */
export const AiStreamingChunk = eventSchema(
  "ai.streaming_chunk",
  v.strictObject({
    provider: v.optional(Provider),
    model: v.optional(Model),
    related_event_id: v.optional(v.string()),
    chunk_index: Count,
    delta: v.optional(v.strictObject({
      role: v.optional(v.string()),
      content: v.optional(v.string()),
      content_length: v.optional(Count),
      tool_calls: v.optional(v.array(MessageToolCall)),
    })),
    finish_reason: v.optional(FinishReasonSchema),
    ...redactionEntries,
  }),
);

/** `ai.embedding`: one embedding exchange, at its end. */
export const AiEmbedding = eventSchema(
  "ai.embedding",
  v.strictObject({
    ...callEntries,
    request_id: v.optional(v.string()),
    status_code: v.optional(Count),
    success: v.optional(v.boolean()),
    error: v.optional(ErrorFacts),
    input_count: v.optional(Count),
    dimensions: v.optional(Count),
    embedding_count: v.optional(Count),
    parameters: v.optional(v.record(v.string(), JsonValue)),
    usage: v.optional(Usage),
    cost: v.optional(Cost),
    latency_ms: v.optional(Amount),
    auth: v.optional(v.strictObject({ type: v.string(), key_prefix: v.optional(v.string()) })),
    retry_after_ms: v.optional(Amount),
    rate_limit: v.optional(v.record(v.string(), v.string())),
    ...redactionEntries,
  }),
);
