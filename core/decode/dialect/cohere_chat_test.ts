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
