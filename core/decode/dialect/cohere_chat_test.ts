import assert from "node:assert/strict";
import { cohereChat } from "./cohere_chat.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const STREAM = [
  { json: { type: "message-start", id: "m1", delta: { message: { role: "assistant" } } } },
  { json: { type: "tool-plan-delta", delta: { message: { tool_plan: "I will" } } } },
  {
    json: {
      type: "tool-call-start",
      index: 0,
      delta: { message: { tool_calls: { id: "t", type: "function", function: { name: "f", arguments: "" } } } },
    },
  },
  {
    json: {
      type: "tool-call-delta",
      index: 0,
      delta: { message: { tool_calls: { function: { arguments: '{"x":2}' } } } },
    },
  },
  { json: { type: "tool-call-end", index: 0 } },
  { json: { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } } },
  { json: { type: "content-delta", index: 0, delta: { message: { content: { text: "Hi" } } } } },
  {
    json: {
      type: "message-end",
      delta: { finish_reason: "TOOL_CALL", usage: { tokens: { input_tokens: 5, output_tokens: 2 }, cached_tokens: 1 } },
    },
  },
];

Deno.test("cohere_chat decodes version 2 messages with parts, tool calls and results", () => {
  const request = cohereChat.decodeRequest(toRequestView({
    path: "/v2/chat",
    json: {
      model: "command-a-03-2025",
      stream: true,
      p: 0.3,
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }, { type: "image_url" }] },
        {
          role: "assistant",
          tool_plan: "plan",
          tool_calls: [{ id: "t", type: "function", function: { name: "f", arguments: '{"x":1}' } }],
        },
        { role: "tool", tool_call_id: "t", content: [{ type: "document", document: { data: "r" } }] },
      ],
    },
  }));
  assert.equal(request?.messageCount, 3);
  assert.equal(request?.messages[1]?.content, "a\nb");
  assert.equal(request?.messages[1]?.imageCount, 1);
  assert.deepEqual(request?.messages[2]?.toolCalls, [{ id: "t", name: "f", type: "function", arguments: { x: 1 } }]);
  assert.deepEqual(request?.messages[3]?.toolResults, [{ callId: "t", content: "r" }]);
  assert.deepEqual(request?.parameters, { top_p: 0.3 });
});

Deno.test("cohere_chat decodes version 1 history", () => {
  const request = cohereChat.decodeRequest(toRequestView({
    path: "/v1/chat",
    json: { message: "now", chat_history: [{ role: "CHATBOT", message: "before" }], preamble: "be kind" },
  }));
  assert.deepEqual(request?.messages, [{ role: "assistant", content: "before" }, { role: "user", content: "now" }]);
  assert.equal(request?.systemPrompt, "be kind");
});

Deno.test("cohere_chat reads a stream", () => {
  const { kinds, answer } = readAnswer(cohereChat, STREAM);
  assert.deepEqual(kinds, ["meta", "token", "token", "token", "meta", "meta", "token", "end"]);
  assert.equal(answer.requestId, "m1");
  assert.deepEqual(answer.choices[0]?.message, {
    role: "assistant",
    reasoning: "I will",
    toolCalls: [{ id: "t", name: "f", type: "function", arguments: { x: 2 } }],
    content: "Hi",
  });
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
  assert.deepEqual(answer.usage, { inputTokens: 5, outputTokens: 2, totalTokens: 7, cachedTokens: 1 });
});

Deno.test("cohere_chat marks arguments that were cut and invents no finish reason", () => {
  const { answer } = readAnswer(cohereChat, STREAM.slice(0, 4), { isComplete: false });
  assert.equal(answer.choices[0]?.message.toolCalls?.[0]?.name, "f");
  assert.equal(answer.choices[0]?.finishReason, undefined);
});

Deno.test("cohere_chat reads the counts that version 1 had before it told tokens apart", () => {
  const { answer } = readAnswer(cohereChat, [{
    json: {
      response_id: "r",
      generation_id: "g",
      text: "Ahoy",
      token_count: { prompt_tokens: 60, response_tokens: 10, total_tokens: 70, billed_tokens: 58 },
      meta: { billed_units: { input_tokens: 48, output_tokens: 10 } },
    },
  }]);
  assert.deepEqual(answer.usage, { inputTokens: 60, outputTokens: 10, totalTokens: 70, billedInputTokens: 48 });
});

Deno.test("cohere_chat knows no conversation and no preamble where they are empty", () => {
  const request = cohereChat.decodeRequest(toRequestView({
    path: "/v1/chat",
    json: { message: "hi", conversation_id: "", preamble: "", preamble_override: null },
  }));
  assert.equal(request?.sessionKeys, undefined);
  assert.equal(request?.systemPrompt, undefined);
});

Deno.test("cohere_chat decodes tool calls and results of version 1, which have no ids", () => {
  const request = cohereChat.decodeRequest(toRequestView({
    path: "/v1/chat",
    json: {
      message: "",
      chat_history: [
        { role: "USER", message: "how warm?" },
        { role: "CHATBOT", message: "I look", tool_calls: [{ name: "warmth", parameters: { town: "Bern" } }] },
      ],
      tool_results: [{ call: { name: "warmth", parameters: { town: "Bern" } }, outputs: [{ c: 7 }] }],
    },
  }));
  assert.deepEqual(request?.messages.map(({ role }) => role), ["user", "assistant", "tool"]);
  assert.deepEqual(request?.messages[1]?.toolCalls, [{
    name: "warmth",
    type: "function",
    arguments: { town: "Bern" },
  }]);
  assert.deepEqual(request?.messages[2]?.toolResults, [{ name: "warmth", content: '[{"c":7}]' }]);
  const calls = [{ name: "warmth", parameters: { town: "Bern" } }];
  const { answer } = readAnswer(cohereChat, [
    { json: { event_type: "stream-start", is_finished: false, generation_id: "g" } },
    { json: { event_type: "tool-calls-generation", is_finished: false, text: "I look", tool_calls: calls } },
    { json: { event_type: "stream-end", is_finished: true, finish_reason: "COMPLETE", response: { meta: {} } } },
  ]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    name: "warmth",
    type: "function",
    arguments: { town: "Bern" },
  }]);
});

Deno.test("cohere_chat tells why a stream ended badly", () => {
  const event = (name: string, json: Record<string, unknown>) => ({ name, json: { type: name, ...json } });
  const { answer } = readAnswer(cohereChat, [
    event("message-start", { id: "i", delta: { message: { role: "assistant" } } }),
    event("message-end", { delta: { finish_reason: "ERROR", error: "the model took too long" } }),
  ], { path: "/v2/chat" });
  assert.deepEqual([answer.choices[0]?.finishReason, answer.error], ["error", { message: "the model took too long" }]);
});
