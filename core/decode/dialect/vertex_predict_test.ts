import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { vertexPredict } from "./vertex_predict.ts";

Deno.test("vertex_predict sums token counts only when every vector has one", () => {
  const path = "/v1/projects/p/locations/l/publishers/google/models/text-embedding-004:predict";
  const request = vertexPredict.decodeRequest(
    toRequestView({ path, json: { instances: [{ content: "a" }, { content: "b" }] } }),
  );
  assert.equal(request?.requestType, "embedding");
  assert.equal(request?.inputCount, 2);
  const vector = (count?: number) => ({ embeddings: { values: [1, 2], statistics: { token_count: count } } });
  assert.deepEqual(readAnswer(vertexPredict, [{ json: { predictions: [vector(1), vector(2)] } }]).answer.usage, {
    inputTokens: 3,
    totalTokens: 3,
  });
  assert.equal(readAnswer(vertexPredict, [{ json: { predictions: [vector(1), vector()] } }]).answer.usage, undefined);
});
