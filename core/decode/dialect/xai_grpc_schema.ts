/**
 * Field numbers of xAI's chat service, named as chat completions name them.
 *
 * @see https://github.com/xai-org/xai-proto proto/xai/api/v1 (read 2026-11-21)
 */
import { proto, type ProtoEnum, protoList, type ProtoSchema } from "./protobuf.ts";

const ROLE: ProtoEnum = { names: { 1: "user", 2: "assistant", 3: "system", 4: "function", 5: "tool", 6: "developer" } };
const FINISH: ProtoEnum = { names: { 1: "length", 2: "length", 3: "stop", 4: "tool_calls", 5: "time_limit" } };
const EFFORT: ProtoEnum = { names: { 1: "low", 2: "medium", 3: "high", 4: "none", 5: "xhigh" } };
const FORMAT: ProtoEnum = { names: { 1: "text", 2: "json_object", 3: "json_schema" } };
const MODE: ProtoEnum = { names: { 1: "auto", 2: "none", 3: "required" } };
/** A call that the client answers is a function's; every other one the vendor ran itself. */
const CALL_TYPE: ProtoEnum = {
  names: {
    1: "function",
    2: "web_search",
    3: "x_search",
    4: "code_execution",
    5: "collections_search",
    6: "mcp",
    7: "attachment_search",
    10: "image_generation",
  },
};
const CALL_STATUS: ProtoEnum = { names: { 1: "completed", 2: "incomplete", 3: "failed", 4: "in_progress" } };
const EMPTY: ProtoSchema = { fields: {} };

const CALLS = protoList("tool_calls", {
  fields: {
    1: proto("id", "text"),
    2: proto("type", CALL_TYPE),
    3: proto("status", CALL_STATUS),
    4: proto("error_message", "text"),
    10: proto("function", { fields: { 1: proto("name", "text"), 2: proto("arguments", "text") } }),
  },
});

const SAID: ProtoSchema = {
  fields: { 1: proto("content", "text"), 2: proto("role", ROLE), 3: CALLS, 4: proto("reasoning_content", "text") },
};

const MESSAGE: ProtoSchema = {
  fields: {
    1: protoList("content", {
      fields: { 1: proto("text", "text"), 2: proto("image_url", EMPTY), 3: proto("file", EMPTY) },
    }),
    2: proto("role", ROLE),
    3: proto("name", "text"),
    4: CALLS,
    5: proto("reasoning_content", "text"),
    7: proto("tool_call_id", "text"),
  },
};

const TOOL: ProtoSchema = {
  fields: {
    1: proto("function", { fields: { 1: proto("name", "text"), 2: proto("description", "text") } }),
    3: proto("web_search", EMPTY),
    4: proto("x_search", EMPTY),
    5: proto("code_execution", EMPTY),
    6: proto("collections_search", EMPTY),
    7: proto("mcp", { fields: { 1: proto("server_label", "text") } }),
    8: proto("attachment_search", EMPTY),
    10: proto("image_generation", EMPTY),
  },
};

const USAGE: ProtoSchema = {
  fields: {
    1: proto("completion_tokens", "integer"),
    2: proto("prompt_tokens", "integer"),
    3: proto("total_tokens", "integer"),
    5: proto("prompt_image_tokens", "integer"),
    6: proto("reasoning_tokens", "integer"),
    7: proto("cached_prompt_text_tokens", "integer"),
    11: proto("cost_in_usd_ticks", "integer"),
  },
};

/** `GetCompletionsRequest`. */
export const XAI_REQUEST: ProtoSchema = {
  fields: {
    1: protoList("messages", MESSAGE),
    2: proto("model", "text"),
    3: proto("frequency_penalty", "float"),
    7: proto("max_tokens", "integer"),
    8: proto("n", "integer"),
    9: proto("presence_penalty", "float"),
    10: proto("response_format", { fields: { 1: proto("type", FORMAT) } }),
    11: proto("seed", "integer"),
    12: protoList("stop", "text"),
    14: proto("temperature", "float"),
    15: proto("top_p", "float"),
    17: protoList("tools", TOOL),
    18: proto("tool_choice", { fields: { 1: proto("type", MODE), 2: proto("name", "text") } }),
    19: proto("reasoning_effort", EFFORT),
    22: proto("previous_response_id", "text"),
  },
};

/** `GetChatCompletionResponse`. */
export const XAI_ANSWER: ProtoSchema = {
  fields: {
    1: proto("id", "text"),
    2: protoList("outputs", {
      fields: { 1: proto("finish_reason", FINISH), 2: proto("index", "integer"), 3: proto("message", SAID) },
    }),
    6: proto("model", "text"),
    9: proto("usage", USAGE),
  },
};

/** `GetChatCompletionChunk`. */
export const XAI_CHUNK: ProtoSchema = {
  fields: {
    1: proto("id", "text"),
    2: protoList("outputs", {
      fields: { 1: proto("delta", SAID), 3: proto("finish_reason", FINISH), 4: proto("index", "integer") },
    }),
    4: proto("model", "text"),
    6: proto("usage", USAGE),
  },
};
