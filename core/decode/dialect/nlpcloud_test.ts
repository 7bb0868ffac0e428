import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { nlpcloud } from "./nlpcloud.ts";

function decode(path: string, json: unknown) {
  return nlpcloud.decodeRequest(toRequestView({ path, json }));
}

function read(path: string, json: unknown, earlier?: { choices: [] }) {
  return readAnswer(nlpcloud, [{ json }], { path, ...(earlier !== undefined && { earlier }) }).answer;
}

Deno.test("nlpcloud takes model and task from the path, with any of its prefixes", () => {
  const paths = ["/v1/gpu/chatdolphin/generation", "/v1/m/generation", "/v1/gpu/async/fra_Latn/m/generation"];
  assert.deepEqual(paths.map((path) => decode(path, { text: "p", max_length: 3 })?.model), ["chatdolphin", "m", "m"]);
  assert.equal(decode("/v1/gpu/custom-model/42/generation", { text: "p" })?.model, "custom-model/42");
  const head = { method: "POST", query: "", headers: new Map<string, string>() };
  assert.ok(nlpcloud.matchHead({ ...head, path: "/v1/m/generation" }) < 0.5, "only a listed host decides");
  assert.equal(nlpcloud.matchHead({ ...head, path: "/v1/m/tokens" }), 0, "counting words asks no model");
});

Deno.test("nlpcloud reads a conversation, and inputs of embeddings", () => {
  const chat = decode("/v1/gpu/m/chatbot", {
    input: "And now?",
    context: "S",
    history: [{ input: "Hi", response: "Hello" }],
  });
  assert.deepEqual([chat?.requestType, chat?.systemPrompt, chat?.messageCount], ["chat", "S", 3]);
  assert.deepEqual(chat?.messages, [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello" },
    { role: "user", content: "And now?" },
  ]);
  const embedding = decode("/v1/m/embeddings", { sentences: ["a", "b"] });
  assert.deepEqual([embedding?.requestType, embedding?.inputCount, embedding?.messages], ["embedding", 2, []]);
  assert.equal(decode("/v1/m/chatbot", undefined), undefined);
});

Deno.test("nlpcloud reads each task's text, counts and vectors", () => {
  assert.equal(read("/v1/gpu/m/chatbot", { response: "Hello", history: [] }).choices[0]?.message.content, "Hello");
  const text = read("/v1/gpu/m/generation", { generated_text: "T", nb_generated_tokens: 3, nb_input_tokens: 4 });
  assert.deepEqual([text.choices[0]?.message.content, text.usage], ["T", {
    inputTokens: 4,
    outputTokens: 3,
    totalTokens: 7,
  }]);
  assert.equal(read("/v1/m/summarization", { summary_text: "S" }).choices[0]?.message.content, "S");
  assert.deepEqual(read("/v1/m/embeddings", { embeddings: [[1, 2]] }).embedding, { count: 1, dimensions: 2 });
  assert.equal(read("/v1/gpu/m/image-generation", { url: "https://x" }).outputCount, 1);
  assert.deepEqual(read("/v1/m/entities", { entities: [] }), { choices: [] });
});

Deno.test("nlpcloud's long tasks are fetched from the address in the answer", () => {
  const path = "/v1/gpu/async/m/summarization";
  const taken = read(path, { url: "https://api.nlpcloud.io/v1/get-async-result/ab" });
  assert.deepEqual(taken.pending, { addresses: ["api.nlpcloud.io/v1/get-async-result/ab"] });
  const earlier = { choices: [] as [] };
  const outcome = "/v1/get-async-result/ab";
  assert.deepEqual(read(outcome, { created_on: "x", content: "" }, earlier).pending, { addresses: [] });
  const done = read(outcome, { http_code: 200, error_detail: "", content: '{"summary_text":"S"}' }, earlier);
  assert.deepEqual([done.pending, done.choices[0]?.message.content], [undefined, "S"]);
  assert.deepEqual(read(outcome, { http_code: 400, error_detail: "too long" }, earlier).error, { message: "too long" });
});
