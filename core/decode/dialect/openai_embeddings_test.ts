import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiEmbeddings } from "./openai_embeddings.ts";

function decode(json: unknown) {
  return openaiEmbeddings.decodeRequest(toRequestView({ path: "/v1/embeddings", json }));
}

Deno.test("the number of inputs is that of texts, token lists or objects; one list of ids is one input", () => {
  const cases: [unknown, number][] = [
    ["a", 1],
    [["a", "b"], 2],
    [[1, 2, 3], 1],
    [[[1], [2]], 2],
    [[{ text: "a" }], 1],
    [[], 0],
  ];
  for (const [input, count] of cases) {
    assert.equal(decode({ model: "m", input })?.inputCount, count, JSON.stringify(input));
  }
  assert.deepEqual(decode({ input: "a", dimensions: 8, encoding_format: "base64" })?.parameters, {
    dimensions: 8,
    encoding_format: "base64",
  });
  assert.equal(decode({ model: "m" }), undefined);
});

Deno.test("count and dimensions come from numbers and from base64", () => {
  const base64 = btoa("\0".repeat(4 * 6));
  for (const embedding of [[0, 0, 0, 0, 0, 0], base64]) {
    const { answer } = readAnswer(openaiEmbeddings, [{
      json: { model: "m", data: [{ embedding }, { embedding }], usage: { prompt_tokens: 3, total_tokens: 3 } },
    }]);
    assert.deepEqual(answer, {
      choices: [],
      model: "m",
      usage: { inputTokens: 3, totalTokens: 3 },
      embedding: { count: 2, dimensions: 6 },
    });
  }
});

Deno.test("a vendor's bare total is all input", () => {
  const { answer } = readAnswer(openaiEmbeddings, [{ json: { data: [], usage: { total_tokens: 9 } } }]);
  assert.deepEqual(answer.usage, { inputTokens: 9, totalTokens: 9 });
});

Deno.test("the older form of Ollama has a prompt and one vector", () => {
  assert.equal(decode({ model: "m", prompt: "a" })?.inputCount, 1);
  const { answer } = readAnswer(openaiEmbeddings, [{ json: { embedding: [1, 2, 3] } }]);
  assert.deepEqual(answer.embedding, { count: 1, dimensions: 3 });
});

Deno.test("an error and a body of another kind give no vectors", () => {
  assert.deepEqual(readAnswer(openaiEmbeddings, [{ json: { error: { message: "m" } } }], { status: 400 }).answer, {
    choices: [],
    error: { message: "m" },
  });
  for (const text of ["", "<html>", "[]", "null", '{"data":[null]}']) readAnswer(openaiEmbeddings, [{ text }]);
});
