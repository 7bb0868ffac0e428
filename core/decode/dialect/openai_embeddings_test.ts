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

Deno.test("Voyage's documents and mixed inputs count by their parts", () => {
  const at = (path: string, inputs: unknown) =>
    openaiEmbeddings.decodeRequest(toRequestView({ path, json: { model: "m", inputs } }))?.inputCount;
  assert.equal(at("/v1/contextualizedembeddings", [["a", "b"], ["c"]]), 3);
  assert.equal(at("/v1/multimodalembeddings", [{ content: [{ type: "text", text: "a" }] }]), 1);
  assert.equal(at("/v1/embeddings", ["a"]), undefined);
  const vector = { object: "embedding", embedding: [1, 2] };
  const { answer } = readAnswer(openaiEmbeddings, [{
    json: {
      object: "list",
      data: [{ object: "list", data: [vector, vector] }, { object: "list", data: [vector] }],
      usage: { total_tokens: 9 },
    },
  }], { path: "/v1/contextualizedembeddings" });
  assert.deepEqual(answer.embedding, { count: 3, dimensions: 2 });
});

Deno.test("dimensions are counted in the kind of number that was asked for", () => {
  const read = (parameters: Record<string, unknown>, embedding: unknown) => {
    const request = decode({ model: "m", input: "a", ...parameters });
    assert.ok(request !== undefined);
    return readAnswer(openaiEmbeddings, [{ json: { data: [{ embedding }] } }], { request }).answer.embedding
      ?.dimensions;
  };
  const base64 = btoa("\0".repeat(8));
  assert.equal(read({ encoding_format: "base64" }, base64), 2);
  assert.equal(read({ encoding_format: "base64", output_dtype: "int8" }, base64), 8);
  assert.equal(read({ encoding_format: "base64", output_dtype: "ubinary" }, base64), 64);
  assert.equal(read({ embedding_type: "binary" }, [1, 2]), 16);
  assert.equal(read({ output_dtype: "uint8" }, [1, 2]), 2);
});
