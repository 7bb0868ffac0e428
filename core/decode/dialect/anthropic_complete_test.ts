import assert from "node:assert/strict";
import { anthropicComplete } from "./anthropic_complete.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("anthropic_complete reads a prompt, a completion, and a stream of pieces", () => {
  const request = anthropicComplete.decodeRequest(toRequestView({
    path: "/v1/complete",
    json: { model: "claude-2", prompt: "\n\nHuman: hi", max_tokens_to_sample: 9, stream: true },
  }));
  assert.deepEqual([request?.model, request?.isStreaming, request?.parameters], ["claude-2", true, { max_tokens: 9 }]);
  const pieces = [
    { json: { type: "completion", id: "c", completion: " He", stop_reason: null, model: "claude-2.1" } },
    { name: "ping", json: { type: "ping" } },
    { json: { type: "completion", completion: "llo", stop_reason: "stop_sequence", model: "claude-2.1" } },
  ];
  const { answer, kinds } = readAnswer(anthropicComplete, pieces);
  assert.deepEqual(kinds, ["token", "meta", "token"]);
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], [" Hello", "stop"]);
  assert.deepEqual([answer.model, answer.requestId], ["claude-2.1", "c"]);
  const cut = readAnswer(anthropicComplete, pieces.slice(0, 1), { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.finishReason, undefined);
});

Deno.test("anthropic_complete tells errors and is told by its own words", () => {
  const error = { json: { type: "error", error: { type: "rate_limit_error", message: "slow" } } };
  assert.deepEqual(readAnswer(anthropicComplete, [error], { status: 429 }).answer.error, {
    type: "rate_limit_error",
    message: "slow",
  });
  const view = toRequestView({ path: "/x" });
  assert.equal(anthropicComplete.matchBody({ prompt: "p", max_tokens_to_sample: 1 }, view), 0.9);
  assert.equal(anthropicComplete.matchBody({ prompt: "p", max_tokens: 1 }, view), 0);
});
