import assert from "node:assert/strict";
import { readAnswer } from "./dialect_testing.ts";
import { fromLlamaApi } from "./llama_api_answer.ts";
import { openaiChat } from "./openai_chat.ts";

const METRICS = [
  { metric: "num_prompt_tokens", value: 5, unit: "tokens" },
  { metric: "num_completion_tokens", value: 2, unit: "tokens" },
  { metric: "num_total_tokens", value: 7, unit: "tokens" },
];

Deno.test("llama_api_answer gives a whole answer as a chat completion", () => {
  const call = { id: "c", function: { name: "f", arguments: '{"a":1}' } };
  const json = {
    id: "i",
    completion_message: {
      role: "assistant",
      stop_reason: "tool_calls",
      content: { type: "text", text: "Hi" },
      tool_calls: [call],
    },
    metrics: METRICS,
  };
  const { answer } = readAnswer(openaiChat, [{ json }]);
  assert.equal(answer.requestId, "i");
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], ["Hi", "tool_calls"]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls?.[0]?.arguments, { a: 1 });
  assert.deepEqual(answer.usage, { inputTokens: 5, outputTokens: 2, totalTokens: 7 });
});

Deno.test("llama_api_answer joins the events of a stream", () => {
  const event = (text: string, more = {}) => ({
    json: { id: "i", event: { event_type: "progress", delta: { type: "text", text }, ...more } },
  });
  const last = {
    json: { id: "i", event: { event_type: "metrics", delta: { type: "text", text: "" }, metrics: METRICS } },
  };
  const { answer } = readAnswer(openaiChat, [event("He"), event("llo", { stop_reason: "stop" }), last]);
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], ["Hello", "stop"]);
  assert.equal(answer.usage?.totalTokens, 7);
});

Deno.test("llama_api_answer takes no other document for one of its own", () => {
  for (const json of [{}, { event: "x" }, { event: {} }, { error: {} }, { completion_message: "x" }]) {
    assert.equal(fromLlamaApi(json), undefined);
  }
});
