import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { googleInteractions } from "./google_interactions.ts";

Deno.test("google_interactions reads bare text, parts and turns", () => {
  const decode = (input: unknown) =>
    googleInteractions.decodeRequest(toRequestView({ path: "/v1beta/interactions", json: { model: "g", input } }))
      ?.messages;
  assert.deepEqual(decode("hi"), [{ role: "user", content: "hi" }]);
  assert.deepEqual(decode([{ type: "text", text: "a" }, { type: "image" }]), [{
    role: "user",
    content: "a",
    imageCount: 1,
  }]);
  assert.deepEqual(
    decode([{ role: "user", content: "a" }, { role: "model", content: [{ type: "text", text: "b" }] }]),
    [
      { role: "user", content: "a" },
      { role: "model", content: "b" },
    ],
  );
  assert.deepEqual(decode({ type: "function_result", call_id: "c", name: "f", result: { x: 1 } }), [
    { role: "user", toolResults: [{ callId: "c", name: "f", content: '{"x":1}' }] },
  ]);
});

Deno.test("google_interactions reads a document and a stream with a tool call", () => {
  const whole = readAnswer(googleInteractions, [{
    json: {
      id: "v1_a",
      object: "interaction",
      status: "completed",
      steps: [{ type: "model_output", content: [{ type: "text", text: "Hi" }] }],
      usage: { total_input_tokens: 3, total_output_tokens: 4, total_thought_tokens: 2, total_tokens: 9 },
    },
  }]).answer;
  assert.equal(whole.choices[0]?.message.content, "Hi");
  assert.deepEqual(whole.usage, { inputTokens: 3, outputTokens: 6, totalTokens: 9, reasoningTokens: 2 });
  const { kinds, answer } = readAnswer(googleInteractions, [
    { json: { event_type: "interaction.created", interaction: { id: "v1_b", status: "in_progress" } } },
    { json: { event_type: "step.start", index: 0, step: { type: "function_call", id: "c", name: "f" } } },
    { json: { event_type: "step.delta", index: 0, delta: { type: "arguments_delta", partial_arguments: '{"a":1}' } } },
    { json: { event_type: "step.stop", index: 0 } },
    { json: { event_type: "interaction.completed", interaction: { id: "v1_b", status: "requires_action" } } },
  ]);
  assert.deepEqual(kinds, ["meta", "meta", "token", "meta", "end"]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    id: "c",
    name: "f",
    type: "function",
    arguments: { a: 1 },
  }]);
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
});

Deno.test("google_interactions leaves the finish reason of a cut stream absent", () => {
  const { answer } = readAnswer(googleInteractions, [
    { json: { event_type: "interaction.created", interaction: { id: "v", status: "in_progress" } } },
    { json: { event_type: "content.delta", index: 0, delta: { type: "text", text: "Hi" } } },
  ], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "Hi");
  assert.equal(answer.choices[0]?.finishReason, undefined);
});
