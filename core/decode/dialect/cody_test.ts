import assert from "node:assert/strict";
import { cody } from "./cody.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/.api/completions/stream";

Deno.test("cody reads messages by speaker, of text or parts, with calls and results", () => {
  const request = cody.decodeRequest(toRequestView({
    path: PATH,
    json: {
      model: "anthropic::2024-10-22::claude-sonnet-4-latest",
      messages: [
        { speaker: "system", text: "S" },
        { speaker: "human", content: [{ type: "text", text: "Hi" }, { type: "image_url", image_url: { url: "x" } }] },
        {
          speaker: "assistant",
          content: [{ type: "tool_call", tool_call: { id: "t", name: "f", arguments: '{"a":1}' } }],
        },
        { speaker: "human", content: [{ type: "tool_result", tool_result: { id: "t", content: "42" } }] },
      ],
      maxTokensToSample: 4000,
      topK: -1,
      tools: [{ type: "function", function: { name: "f", description: "d" } }],
    },
  }));
  assert.deepEqual([request?.model, request?.systemPrompt, request?.messageCount, request?.isStreaming], [
    "anthropic::2024-10-22::claude-sonnet-4-latest",
    "S",
    3,
    true,
  ]);
  assert.deepEqual(request?.messages.slice(1), [
    { role: "user", content: "Hi", imageCount: 1 },
    { role: "assistant", toolCalls: [{ id: "t", name: "f", type: "function", arguments: { a: 1 } }] },
    { role: "user", toolResults: [{ callId: "t", content: "42" }] },
  ]);
  assert.deepEqual([request?.tools.length, request?.parameters], [1, { top_k: -1, max_tokens: 4000 }]);
  assert.equal(cody.decodeRequest(toRequestView({ path: PATH, json: { messages: 1 } })), undefined);
});

Deno.test("cody joins what is new, thinking and calls", () => {
  const { answer, kinds } = readAnswer(cody, [
    { name: "completion", json: { delta_thinking: "hm" } },
    { name: "completion", json: { deltaText: "Hel" } },
    {
      name: "completion",
      json: {
        deltaText: "lo",
        delta_tool_calls: [{ type: "function", id: "t", function: { name: "f", arguments: '{"a"' } }],
      },
    },
    { name: "completion", json: { delta_tool_calls: [{ type: "function", function: { arguments: ":1}" } }] } },
    { name: "completion", json: { deltaText: "", stopReason: "tool_use" } },
    { name: "done", text: "{}" },
  ], { path: PATH });
  assert.deepEqual(kinds, ["token", "token", "token", "token", "meta", "end"]);
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: {
      role: "assistant",
      content: "Hello",
      reasoning: "hm",
      toolCalls: [{ id: "t", name: "f", type: "function", arguments: { a: 1 } }],
    },
    finishReason: "tool_calls",
    rawFinishReason: "tool_use",
  }]);
});

Deno.test("cody reads servers that say everything again, and whole answers", () => {
  const events = ["Hel", "Hello", "Hello"].map((completion) => ({ name: "completion", json: { completion } }));
  const { answer, kinds } = readAnswer(cody, events, { path: PATH, isComplete: false });
  assert.deepEqual(kinds, ["token", "token", "meta"]);
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], ["Hello", undefined]);
  const whole =
    readAnswer(cody, [{ json: { completion: "x = 1", stopReason: "stop_sequence" } }], { path: PATH }).answer;
  assert.deepEqual([whole.choices[0]?.message.content, whole.choices[0]?.finishReason], ["x = 1", "stop"]);
});

Deno.test("cody's errors come as an event or a status", () => {
  const event = readAnswer(cody, [{ name: "error", json: { error: "rate limited" } }], { path: PATH }).answer;
  assert.deepEqual(event, { choices: [], error: { message: "rate limited" } });
  assert.deepEqual(readAnswer(cody, [{ text: "not json" }], { path: PATH, status: 500 }).answer, { choices: [] });
});
