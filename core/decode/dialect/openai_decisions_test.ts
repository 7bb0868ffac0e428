import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiDecisions } from "./openai_decisions.ts";

const PATH = "/v1/decisions";
const QUESTIONS = [{ type: "predicate", name: "late", instructions: "Is it late?" }];
const HEAD = toRequestView({ path: PATH });

Deno.test("openai_decisions reads the input of a request, as text and as messages", () => {
  const decode = (input: unknown) =>
    openaiDecisions.decodeRequest(toRequestView({ path: PATH, json: { model: "m", input, questions: QUESTIONS } }));
  const request = decode("The train left.");
  assert.deepEqual([request?.requestType, request?.model, request?.messageCount], ["other", "m", 1]);
  assert.deepEqual(request?.messages, [{ role: "user", content: "The train left." }]);
  const content = [{ type: "input_text", text: "Look" }, { type: "input_image", image_url: "https://h/p.png" }];
  assert.deepEqual(decode([{ type: "message", role: "user", content }])?.messages, [
    { role: "user", content: "Look", imageCount: 1 },
  ]);
  assert.equal(openaiDecisions.decodeRequest(toRequestView({ path: PATH, json: { model: "m" } })), undefined);
});

Deno.test("openai_decisions counts answers and tokens, and reads an error", () => {
  const json = {
    model: "m-1",
    answers: [{ type: "choice", name: "a", choice: "x" }, { type: "refusal", name: "b" }],
    usage: {
      input_tokens: 40,
      input_tokens_details: { cached_tokens: 8, cache_write_tokens: 0 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 42,
    },
  };
  assert.deepEqual(readAnswer(openaiDecisions, [{ json }], { path: PATH }).answer, {
    choices: [],
    model: "m-1",
    outputCount: 2,
    usage: {
      inputTokens: 40,
      cachedTokens: 8,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      outputTokens: 2,
      totalTokens: 42,
    },
  });
  const error = { error: { message: "no", type: "invalid_request_error", code: "invalid_api_key" } };
  assert.deepEqual(readAnswer(openaiDecisions, [{ json: error }], { status: 401 }).answer, {
    choices: [],
    error: { type: "invalid_request_error", code: "invalid_api_key", message: "no" },
  });
});

Deno.test("openai_decisions is not every service that has decisions", () => {
  assert.equal(openaiDecisions.matchHead(HEAD), 0.3);
  assert.equal(openaiDecisions.matchHead(toRequestView({ path: PATH, method: "GET" })), 0);
  const match = (json: Record<string, unknown>) => openaiDecisions.matchBody(json, HEAD);
  assert.equal(match({ model: "m", input: "a", questions: QUESTIONS }), 0.9);
  assert.equal(match({ model: "m", input: "a", questions: [] }), 0);
  assert.equal(match({ model: "m", input: "a", questions: [{ type: "essay" }] }), 0);
  assert.equal(match({ question: "buy?", package: {} }), 0);
  assert.equal(match({ model: "m", input: "a", questions: 7 }), 0);
  const answers = [{ type: "score", score: 1 }];
  const head = { status: 200, headers: new Map(), contentType: "" };
  assert.equal(openaiDecisions.matchAnswer({ model: "m", answers, usage: {} }, head), 0.95);
  assert.equal(openaiDecisions.matchAnswer({ model: "m", answers }, head), 0);
});
