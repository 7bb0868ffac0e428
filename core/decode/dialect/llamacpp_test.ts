import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { llamacpp } from "./llamacpp.ts";

Deno.test("llamacpp reads a prompt, an infill and an embedding", () => {
  const request = llamacpp.decodeRequest(toRequestView({
    path: "/completion",
    json: { prompt: "p", n_predict: 9, temperature: 0.1, stream: true, cache_prompt: true },
  }));
  assert.deepEqual(request?.messages, [{ role: "user", content: "p" }]);
  assert.deepEqual([request?.isStreaming, request?.parameters], [true, { temperature: 0.1, max_tokens: 9 }]);
  const infill = llamacpp.decodeRequest(toRequestView({
    path: "/infill",
    json: { input_prefix: "a(", input_suffix: ")", prompt: "" },
  }));
  assert.deepEqual(infill?.messages.map(({ content }) => content), ["a(", ")"]);
  const embedding = llamacpp.decodeRequest(toRequestView({ path: "/embedding", json: { content: ["a", "b"] } }));
  assert.deepEqual([embedding?.requestType, embedding?.inputCount], ["embedding", 2]);
});

Deno.test("llamacpp takes counts and reason from the last event only", () => {
  const pieces = [
    { content: "Hel", stop: false, tokens_evaluated: 3, tokens_predicted: 1 },
    { content: "lo", stop: false },
    { content: "", stop: true, stop_type: "limit", model: "m", tokens_evaluated: 3, tokens_predicted: 2 },
  ].map((json) => ({ json }));
  const { answer, kinds } = readAnswer(llamacpp, pieces, { path: "/completion" });
  assert.deepEqual(kinds, ["token", "token", "meta"]);
  assert.deepEqual(answer, {
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hello" },
      finishReason: "length",
      rawFinishReason: "limit",
    }],
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  });
  const cut = readAnswer(llamacpp, pieces.slice(0, 1), { path: "/completion", isComplete: false }).answer;
  assert.deepEqual([cut.usage, cut.choices[0]?.finishReason], [undefined, undefined]);
});

Deno.test("llamacpp reads vectors, errors, and the words of older servers", () => {
  const vector = readAnswer(llamacpp, [{ json: { embedding: [1, 2, 3] } }], { path: "/embedding" }).answer;
  assert.deepEqual(vector.embedding, { count: 1, dimensions: 3 });
  const error = { json: { error: { code: 503, message: "Loading model", type: "unavailable_error" } } };
  assert.equal(readAnswer(llamacpp, [error], { status: 503 }).answer.error?.message, "Loading model");
  const old = { json: { content: "x", stop: true, stopped_eos: true, stopped_limit: false } };
  assert.equal(readAnswer(llamacpp, [old]).answer.choices[0]?.finishReason, "stop");
});

Deno.test("llamacpp is told by members no other format has", () => {
  const view = toRequestView({ path: "/completion" });
  assert.ok(llamacpp.matchBody({ prompt: "p", n_predict: 1 }, view) >= 0.8);
  assert.equal(llamacpp.matchBody({ prompt: "p", max_tokens: 1 }, view), 0);
  const response = { status: 200, headers: new Map(), contentType: "" };
  assert.equal(llamacpp.matchAnswer({ content: "x", stop: true }, response), 0.9);
  assert.equal(llamacpp.matchAnswer({ content: "x" }, response), 0);
});
