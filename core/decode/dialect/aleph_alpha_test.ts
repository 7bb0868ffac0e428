import assert from "node:assert/strict";
import { alephAlpha } from "./aleph_alpha.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/complete";

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

Deno.test("aleph_alpha reads prompts of texts and pictures, and parameters", () => {
  const request = alephAlpha.decodeRequest(toRequestView({
    path: PATH,
    json: {
      model: "pharia-1-llm-7b-control",
      prompt: [{ type: "text", data: "a" }, { type: "image", data: "AAAA" }, { type: "text", data: "b" }],
      maximum_tokens: 9,
      temperature: 0,
      stop_sequences: ["x"],
      stream: true,
      top_k: null,
    },
  }));
  assert.deepEqual([request?.model, request?.isStreaming, request?.messages, request?.parameters], [
    "pharia-1-llm-7b-control",
    true,
    [{ role: "user", content: "a\nb", imageCount: 1 }],
    { temperature: 0, max_tokens: 9, stop: ["x"] },
  ]);
  const plain = alephAlpha.decodeRequest(toRequestView({ path: PATH, json: { prompt: "p" } }));
  assert.deepEqual(plain?.messages, [{ role: "user", content: "p" }]);
  assert.equal(alephAlpha.decodeRequest(toRequestView({ path: PATH })), undefined);
});

Deno.test("aleph_alpha reads completions, their reasons and counts", () => {
  const { answer } = readAnswer(alephAlpha, [{
    json: {
      model_version: "2024",
      completions: [{ completion: " A", finish_reason: "maximum_tokens" }, {
        completion: " B",
        finish_reason: "end_of_text",
      }],
      num_tokens_prompt_total: 4,
      num_tokens_generated: 6,
    },
  }], { path: PATH });
  assert.deepEqual(answer.choices.map(({ message, finishReason }) => [message.content, finishReason]), [
    [" A", "length"],
    [" B", "stop"],
  ]);
  assert.deepEqual([answer.model, answer.usage], [undefined, { inputTokens: 4, outputTokens: 6, totalTokens: 10 }]);
});

Deno.test("aleph_alpha joins a stream by completion; cut, it has no reason and no counts", () => {
  const events = [
    { json: { type: "stream_chunk", index: 0, completion: "He" } },
    { json: { type: "stream_chunk", index: 1, completion: "X" } },
    { json: { type: "stream_chunk", index: 0, completion: "llo" } },
    { json: { type: "stream_summary", index: 0, model_version: "2024", finish_reason: "stop_sequence_reached" } },
    { json: { type: "completion_summary", num_tokens_prompt_total: 1, num_tokens_generated: 3 } },
    { text: "[DONE]" },
  ];
  const { answer, kinds } = readAnswer(alephAlpha, events, { path: PATH });
  assert.deepEqual(kinds, ["token", "token", "token", "meta", "meta", "end"]);
  assert.deepEqual(answer.choices.map(({ message, finishReason }) => [message.content, finishReason]), [
    ["Hello", "stop"],
    ["X", undefined],
  ]);
  assert.equal(answer.usage?.totalTokens, 4);
  const cut = readAnswer(alephAlpha, events.slice(0, 2), { path: PATH, isComplete: false }).answer;
  assert.deepEqual([cut.choices[0]?.finishReason, cut.usage], [undefined, undefined]);
});

Deno.test("aleph_alpha reads vectors in each of its forms, and errors", () => {
  const read = (path: string, json: unknown, status = 200) =>
    readAnswer(alephAlpha, [{ json }], { path, status }).answer;
  assert.deepEqual(read("/semantic_embed", { embedding: [1, 2], num_tokens_prompt_total: 3 }), {
    choices: [],
    embedding: { count: 1, dimensions: 2 },
    usage: { inputTokens: 3 },
  });
  assert.deepEqual(read("/batch_semantic_embed", { embeddings: [[1], [2]] }).embedding, { count: 2, dimensions: 1 });
  assert.deepEqual(read("/embed", { embeddings: { layer_0: { mean: [1, 2, 3], max: [1, 2, 3] } } }).embedding, {
    count: 2,
    dimensions: 3,
  });
  const batch = alephAlpha.decodeRequest(
    toRequestView({ path: "/batch_semantic_embed", json: { prompts: ["a", "b"] } }),
  );
  assert.deepEqual([batch?.requestType, batch?.inputCount], ["embedding", 2]);
  assert.deepEqual(read(PATH, { error: "no such model", code: "UNKNOWN_MODEL" }, 400).error, {
    code: "UNKNOWN_MODEL",
    message: "no such model",
  });
  assert.equal(read("/translate", { translation: "Hallo", score: 1 }).choices[0]?.message.content, "Hallo");
});
