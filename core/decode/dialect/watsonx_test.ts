import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { watsonx } from "./watsonx.ts";

Deno.test("watsonx reads prompt, parameters and a result", () => {
  const request = watsonx.decodeRequest(toRequestView({
    path: "/ml/v1/text/generation",
    json: { model_id: "ibm/granite", input: "hi", parameters: { max_new_tokens: 3 } },
  }));
  assert.equal(request?.model, "ibm/granite");
  assert.deepEqual(request?.parameters, { max_tokens: 3 });
  const { answer } = readAnswer(watsonx, [{
    json: {
      model_id: "ibm/granite",
      results: [{ generated_text: "yo", generated_token_count: 2, input_token_count: 5, stop_reason: "max_tokens" }],
    },
  }]);
  assert.equal(answer.choices[0]?.finishReason, "length");
  assert.deepEqual(answer.usage, { inputTokens: 5, outputTokens: 2, totalTokens: 7 });
});

Deno.test("watsonx joins a stream and leaves the reason of a cut one absent", () => {
  const piece = (text: string, count: number) => ({
    json: { results: [{ generated_text: text, generated_token_count: count, stop_reason: "not_finished" }] },
  });
  const { answer } = readAnswer(watsonx, [piece("He", 1), piece("y", 2)], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.equal(answer.choices[0]?.finishReason, undefined);
  assert.deepEqual(answer.usage, { outputTokens: 2 });
});

Deno.test("watsonx reads chat as chat completions with its own name for the model", () => {
  const path = "/ml/v1/text/chat_stream";
  const request = watsonx.decodeRequest(toRequestView({
    path,
    json: { model_id: "ibm/granite", project_id: "p", messages: [{ role: "user", content: "hi" }], max_tokens: 4 },
  }));
  assert.deepEqual([request?.model, request?.isStreaming, request?.messageCount], ["ibm/granite", true, 1]);
  const chunk = (content: string, finish_reason: string | null = null) => ({
    json: { id: "c", model_id: "ibm/granite", choices: [{ index: 0, delta: { content }, finish_reason }] },
  });
  const { answer } = readAnswer(watsonx, [chunk("He"), chunk("llo", "stop")], { path });
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], ["Hello", "stop"]);
});

Deno.test("watsonx counts the inputs and vectors of embeddings", () => {
  const path = "/ml/v1/text/embeddings";
  const request = watsonx.decodeRequest(toRequestView({ path, json: { model_id: "ibm/slate", inputs: ["a", "b"] } }));
  assert.deepEqual([request?.requestType, request?.inputCount], ["embedding", 2]);
  const json = { model_id: "ibm/slate", results: [{ embedding: [1, 2] }, { embedding: [1, 2] }], input_token_count: 4 };
  const { answer } = readAnswer(watsonx, [{ json }], { path });
  assert.deepEqual([answer.embedding, answer.usage], [{ count: 2, dimensions: 2 }, { inputTokens: 4 }]);
});

Deno.test("watsonx knows the paths of the beta and of deployments", () => {
  const head = (path: string) => toRequestView({ path, json: { model_id: "m", input: "hi" } });
  for (
    const [path, isStreaming] of [
      ["/ml/v1-beta/generation/text", false],
      ["/ml/v1-beta/generation/text_stream", true],
      ["/ml/v1/deployments/d1/text/generation", false],
      ["/ml/v1/deployments/d1/text/generation_stream", true],
    ] as const
  ) {
    assert.equal(watsonx.matchHead(head(path)), 0.9, path);
    assert.equal(watsonx.decodeRequest(head(path))?.isStreaming, isStreaming, path);
  }
  assert.equal(watsonx.matchHead(head("/ml/v1/text/other")), 0);
  assert.equal(watsonx.requestType(head("/ml/v1/deployments/d1/text/chat")), "chat");
});

Deno.test("a stream of watsonx says once how much was read", () => {
  const piece = (text: string, written: number, read: number, reason: string) => ({
    json: {
      results: [{
        generated_text: text,
        generated_token_count: written,
        input_token_count: read,
        stop_reason: reason,
      }],
    },
  });
  const { answer } = readAnswer(watsonx, [
    piece("", 0, 8, "not_finished"),
    piece("yo", 1, 0, "not_finished"),
    piece("", 2, 0, "eos_token"),
  ], { path: "/ml/v1-beta/generation/text_stream" });
  assert.deepEqual(answer.usage, { inputTokens: 8, outputTokens: 2, totalTokens: 10 });
});

Deno.test("watsonx counts the inputs and scores of reranking", () => {
  const path = "/ml/v1/text/rerank";
  const json = { model_id: "m", query: "birds", inputs: [{ text: "owl" }, { text: "oak" }] };
  const request = watsonx.decodeRequest(toRequestView({ path, json }));
  assert.deepEqual([request?.requestType, request?.inputCount], ["rerank", 2]);
  const { answer } = readAnswer(watsonx, [
    { json: { model_id: "m", results: [{ index: 0, score: 0.9 }, { index: 1, score: 0.1 }], input_token_count: 6 } },
  ], { path });
  assert.deepEqual([answer.outputCount, answer.usage], [2, { inputTokens: 6 }]);
});

Deno.test("watsonx's tokenization is a count of tokens, no completion", () => {
  const path = "/ml/v1/text/tokenization";
  const request = watsonx.decodeRequest(toRequestView({ path, json: { model_id: "m", input: "How many?" } }));
  assert.deepEqual([request?.requestType, request?.model], ["count_tokens", "m"]);
  const { answer } = readAnswer(watsonx, [{ json: { model_id: "m", result: { token_count: 3 } } }], { path });
  assert.deepEqual(answer, { choices: [], model: "m", usage: { inputTokens: 3 } });
});
