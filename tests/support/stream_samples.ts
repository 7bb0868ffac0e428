/** A streamed answer of each format that streams, event by event. All texts are made up. */
import { eventStreamFrame, textHeader } from "./event_stream_writer.ts";

/** A request and the events of its streamed answer. */
export interface StreamSample {
  readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly request: unknown;
  readonly contentType: string;
  /** One piece of the body an event, its last event last. */
  readonly events: readonly Uint8Array[];
}

const encoder = new TextEncoder();
const MESSAGES = [{ role: "user", content: "hi" }];
const SSE = "text/event-stream";
const AWS = "application/vnd.amazon.eventstream";

/** Every sample. */
export const STREAM_SAMPLES: readonly StreamSample[] = [
  {
    name: "openai chat with include_usage",
    host: "api.openai.com",
    path: "/v1/chat/completions",
    request: { model: "gpt-4o-mini", stream: true, stream_options: { include_usage: true }, messages: MESSAGES },
    contentType: SSE,
    events: data(
      chunk([{ index: 0, delta: { role: "assistant", content: "Hel" }, finish_reason: null }]),
      chunk([{ index: 0, delta: { content: "lo" }, finish_reason: null }]),
      chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
      { ...chunk([]), usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
      "[DONE]",
    ),
  },
  {
    name: "openai chat without include_usage",
    host: "api.openai.com",
    path: "/v1/chat/completions",
    request: { model: "gpt-4o-mini", stream: true, messages: MESSAGES },
    contentType: SSE,
    events: data(
      chunk([{ index: 0, delta: { role: "assistant", content: "Hello" }, finish_reason: null }]),
      chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
      "[DONE]",
    ),
  },
  {
    name: "mistral chat, usage with the last piece",
    host: "api.mistral.ai",
    path: "/v1/chat/completions",
    request: { model: "mistral-small", stream: true, messages: MESSAGES },
    contentType: SSE,
    events: data(
      chunk([{ index: 0, delta: { role: "assistant", content: "Hel" }, finish_reason: null }]),
      {
        ...chunk([{ index: 0, delta: { content: "lo" }, finish_reason: "stop" }]),
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      },
      "[DONE]",
    ),
  },
  {
    name: "openai completions",
    host: "api.openai.com",
    path: "/v1/completions",
    request: { model: "gpt-3.5-turbo-instruct", stream: true, prompt: "hi" },
    contentType: SSE,
    events: data(
      { id: "cmpl-1", object: "text_completion", choices: [{ index: 0, text: "Hel", finish_reason: null }] },
      { id: "cmpl-1", object: "text_completion", choices: [{ index: 0, text: "lo", finish_reason: "stop" }] },
      "[DONE]",
    ),
  },
  {
    name: "openai responses",
    host: "api.openai.com",
    path: "/v1/responses",
    request: { model: "gpt-4o-mini", stream: true, input: "hi" },
    contentType: SSE,
    events: named(
      { type: "response.created", response: { id: "resp_1", status: "in_progress", model: "gpt-4o-mini", output: [] } },
      { type: "response.output_item.added", output_index: 0, item: { type: "message", id: "m", role: "assistant" } },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, item_id: "m", delta: "Hello" },
      { type: "response.output_text.done", output_index: 0, content_index: 0, item_id: "m", text: "Hello" },
      {
        type: "response.completed",
        response: {
          id: "resp_1",
          status: "completed",
          model: "gpt-4o-mini",
          output: [{ type: "message", id: "m", role: "assistant", content: [{ type: "output_text", text: "Hello" }] }],
          usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
        },
      },
    ),
  },
  {
    name: "anthropic messages",
    host: "api.anthropic.com",
    path: "/v1/messages",
    request: { model: "claude-sonnet-4-5", max_tokens: 9, stream: true, messages: MESSAGES },
    contentType: SSE,
    events: named(...claude()),
  },
  {
    name: "gemini, events",
    host: "generativelanguage.googleapis.com",
    path: "/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse",
    request: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
    contentType: SSE,
    events: data(...gemini()),
  },
  {
    name: "gemini, one list",
    host: "generativelanguage.googleapis.com",
    path: "/v1beta/models/gemini-2.0-flash:streamGenerateContent",
    request: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
    contentType: "application/json",
    events: gemini().map((element, index, all) =>
      encoder.encode(`${index === 0 ? "[" : ","}${JSON.stringify(element)}${index === all.length - 1 ? "]" : ""}\n`)
    ),
  },
  {
    name: "bedrock converse",
    host: "bedrock-runtime.us-east-1.amazonaws.com",
    path: "/model/amazon.nova-lite-v1%3A0/converse-stream",
    request: { messages: [{ role: "user", content: [{ text: "hi" }] }] },
    contentType: AWS,
    events: [
      frame("messageStart", { role: "assistant" }),
      frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }),
      frame("contentBlockStop", { contentBlockIndex: 0 }),
      frame("messageStop", { stopReason: "end_turn" }),
      frame("metadata", { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 }, metrics: { latencyMs: 3 } }),
    ],
  },
  {
    name: "bedrock invoke of claude",
    host: "bedrock-runtime.us-east-1.amazonaws.com",
    path: "/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke-with-response-stream",
    request: { anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: MESSAGES },
    contentType: AWS,
    events: claude().map((event) => frame("chunk", { bytes: btoa(JSON.stringify(event)) })),
  },
  {
    name: "cohere 2",
    host: "api.cohere.com",
    path: "/v2/chat",
    request: { model: "command-r", stream: true, messages: MESSAGES },
    contentType: SSE,
    events: named(
      { type: "message-start", id: "m1", delta: { message: { role: "assistant" } } },
      { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "Hello" } } } },
      { type: "content-end", index: 0 },
      {
        type: "message-end",
        delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 3, output_tokens: 2 } } },
      },
    ),
  },
  {
    name: "cohere 1",
    host: "api.cohere.com",
    path: "/v1/chat",
    request: { model: "command-r", stream: true, message: "hi" },
    contentType: "application/stream+json",
    events: lines(
      { event_type: "stream-start", generation_id: "g", is_finished: false },
      { event_type: "text-generation", text: "Hello", is_finished: false },
      {
        event_type: "stream-end",
        is_finished: true,
        finish_reason: "COMPLETE",
        response: { text: "Hello", generation_id: "g", meta: { tokens: { input_tokens: 3, output_tokens: 2 } } },
      },
    ),
  },
  {
    name: "ollama",
    host: "ollama.com",
    path: "/api/chat",
    request: { model: "llama3", messages: MESSAGES },
    contentType: "application/x-ndjson",
    events: lines(
      { model: "llama3", message: { role: "assistant", content: "Hel" }, done: false },
      { model: "llama3", message: { role: "assistant", content: "lo" }, done: false },
      {
        model: "llama3",
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: "stop",
        prompt_eval_count: 3,
        eval_count: 2,
      },
    ),
  },
  {
    name: "hugging face tgi",
    host: "api-inference.huggingface.co",
    path: "/models/org/m",
    request: { inputs: "hi", stream: true, parameters: { max_new_tokens: 9 } },
    contentType: SSE,
    events: data(
      { index: 1, token: { id: 1, text: "Hel", special: false }, generated_text: null, details: null },
      {
        index: 2,
        token: { id: 2, text: "lo", special: false },
        generated_text: "Hello",
        details: { finish_reason: "eos_token", generated_tokens: 2, input_length: 3 },
      },
    ),
  },
];

function chunk(choices: readonly unknown[]) {
  return { id: "chatcmpl-1", object: "chat.completion.chunk", model: "m-1", choices };
}

function claude() {
  const usage = { input_tokens: 3, output_tokens: 1 };
  return [
    {
      type: "message_start",
      message: { id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-5", content: [], usage },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ];
}

function gemini() {
  const counts = { promptTokenCount: 3, totalTokenCount: 4, candidatesTokenCount: 1 };
  return [
    { candidates: [{ content: { role: "model", parts: [{ text: "Hel" }] }, index: 0 }], usageMetadata: counts },
    {
      candidates: [{ content: { role: "model", parts: [{ text: "lo" }] }, finishReason: "STOP", index: 0 }],
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 5, candidatesTokenCount: 2 },
    },
  ];
}

function data(...events: readonly unknown[]): Uint8Array[] {
  return events.map((event) =>
    encoder.encode(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
  );
}

function named(...events: readonly { readonly type: string; readonly [member: string]: unknown }[]): Uint8Array[] {
  return events.map((event) => encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
}

function lines(...events: readonly unknown[]): Uint8Array[] {
  return events.map((event) => encoder.encode(JSON.stringify(event) + "\n"));
}

/** A frame of an AWS event stream. */
function frame(type: string, payload: unknown): Uint8Array {
  const headers = { ":message-type": "event", ":event-type": type, ":content-type": "application/json" };
  return eventStreamFrame(
    Object.entries(headers).map(([name, value]) => textHeader(name, value)),
    JSON.stringify(payload),
  );
}
