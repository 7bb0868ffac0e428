import assert from "node:assert/strict";
import { alephAlpha } from "./aleph_alpha.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("aleph_alpha decodes a prompt of parts and its settings", () => {
  const request = alephAlpha.decodeRequest(toRequestView({
    path: "/complete",
    json: {
      model: "luminous-base",
      prompt: [{ type: "text", data: "What is this?", controls: [] }, { type: "image", data: "AAAA" }],
      maximum_tokens: 20,
      temperature: 0,
      top_k: null,
      n: 1,
    },
  }));
  assert.equal(request?.requestType, "completion");
  assert.equal(request?.model, "luminous-base");
  assert.deepEqual(request?.messages, [{ role: "user", content: "What is this?", imageCount: 1 }]);
  assert.deepEqual(request?.parameters, { max_tokens: 20, temperature: 0, n: 1 });
  assert.equal(alephAlpha.decodeRequest(toRequestView({ path: "/complete", json: { hosting: null } })), undefined);
});

Deno.test("aleph_alpha reads a completion, why it ended and its counts", () => {
  const { answer } = readAnswer(alephAlpha, [{
    json: {
      completions: [{ completion: "A fish", finish_reason: "maximum_tokens" }],
      model_version: "2022-04",
      num_tokens_prompt_total: 9,
      num_tokens_generated: 20,
    },
  }], { path: "/complete" });
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: { role: "assistant", content: "A fish" },
    finishReason: "length",
    rawFinishReason: "maximum_tokens",
  }]);
  assert.deepEqual(answer.usage, { inputTokens: 9, outputTokens: 20, totalTokens: 29 });
  assert.equal(answer.model, undefined);
});

Deno.test("aleph_alpha joins the pieces of a stream", () => {
  const { answer } = readAnswer(alephAlpha, [
    { json: { type: "stream_chunk", index: 0, completion: "A" } },
    { json: { type: "stream_chunk", index: 0, completion: " fish" } },
    { json: { type: "stream_summary", index: 0, model_version: "2022-04", finish_reason: "end_of_text" } },
    { json: { type: "completion_summary", num_tokens_prompt_total: 9, num_tokens_generated: 2 } },
    { text: "[DONE]" },
  ], { path: "/complete" });
  assert.equal(answer.choices[0]?.message.content, "A fish");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.equal(answer.usage?.totalTokens, 11);
});

Deno.test("aleph_alpha tells how many vectors and how long", () => {
  const path = "/batch_semantic_embed";
  const request = alephAlpha.decodeRequest(toRequestView({ path, json: { model: "m", prompts: ["a", "b"] } }));
  assert.equal(request?.requestType, "embedding");
  assert.equal(request?.inputCount, 2);
  const { answer } = readAnswer(alephAlpha, [
    { json: { model_version: "1", embeddings: [[1, 2, 3], [4, 5, 6]], num_tokens_prompt_total: 2 } },
  ], { path });
  assert.deepEqual(answer.embedding, { count: 2, dimensions: 3 });
  assert.deepEqual(answer.usage, { inputTokens: 2 });
});

Deno.test("aleph_alpha gives nothing for what it does not know", () => {
  assert.deepEqual(readAnswer(alephAlpha, [{ json: { completions: {} } }, { text: "[" }]).answer, { choices: [] });
});
