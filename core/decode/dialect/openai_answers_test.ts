import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiAnswers } from "./openai_answers.ts";

const decode = (path: string, json: unknown) => openaiAnswers.decodeRequest(toRequestView({ path, json }));

Deno.test("openai_answers is known by its paths on listed hosts only", () => {
  const score = (path: string) => openaiAnswers.matchHead(toRequestView({ path }));
  assert.deepEqual(
    ["/v1/answers", "/v1/classifications", "/v1/engines/ada/search", "/v1/search", "/answers"].map(score),
    [0.3, 0.3, 0.3, 0, 0],
  );
  const head = { status: 200, headers: new Map(), contentType: "application/json" };
  assert.equal(openaiAnswers.matchAnswer({ object: "answer", completion: "cmpl-1" }, head), 0.7);
  assert.equal(openaiAnswers.matchAnswer({ object: "answer" }, head), 0);
});

Deno.test("openai_answers reads questions, and where the engine is the model", () => {
  const asked = decode("/v1/answers", { model: "curie", question: "Which owl?", documents: ["a", "b"], max_tokens: 4 });
  assert.deepEqual([asked?.requestType, asked?.model, asked?.inputCount], ["completion", "curie", 2]);
  assert.deepEqual([asked?.messages, asked?.parameters], [[{ role: "user", content: "Which owl?" }], {
    max_tokens: 4,
  }]);
  const searched = decode("/v1/engines/ada/search", { query: "owl", documents: ["a", "b", "c"] });
  assert.deepEqual([searched?.requestType, searched?.model, searched?.inputCount], ["rerank", "ada", 3]);
  assert.equal(decode("/v1/classifications", { query: "sad" })?.requestType, "other");
  assert.equal(decode("/v1/answers", { examples: [] }), undefined);
});

Deno.test("openai_answers reads answers, labels and numbers of results", () => {
  const given = readAnswer(openaiAnswers, [{
    json: { object: "answer", answers: ["Barn owl", "Eagle owl"], completion: "cmpl-1", model: "curie:2020" },
  }]).answer;
  assert.deepEqual([given.requestId, given.model], ["cmpl-1", "curie:2020"]);
  assert.deepEqual(given.choices.map(({ message }) => message.content), ["Barn owl", "Eagle owl"]);
  const label = readAnswer(openaiAnswers, [{ json: { object: "classification", label: "Sad" } }]).answer;
  assert.deepEqual(label.choices.map(({ message }) => message.content), ["Sad"]);
  const request = decode("/v1/engines/ada/search", { query: "owl", documents: ["a", "b"] });
  assert.ok(request !== undefined);
  const found = readAnswer(openaiAnswers, [{ json: { object: "list", data: [{ document: 0 }, { document: 1 }] } }], {
    request,
  }).answer;
  assert.deepEqual([found.outputCount, found.choices], [2, []]);
});

Deno.test("openai_answers reads errors", () => {
  const { answer } = readAnswer(openaiAnswers, [{
    json: { error: { message: "gone", type: "invalid_request_error" } },
  }], {
    status: 404,
  });
  assert.deepEqual(answer.error, { message: "gone", type: "invalid_request_error" });
});
