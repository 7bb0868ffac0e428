import assert from "node:assert/strict";
import { cohereEmbed } from "./cohere_embed.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("cohere_embed counts inputs and reads vectors by type", () => {
  const request = cohereEmbed.decodeRequest(
    toRequestView({ path: "/v2/embed", json: { model: "e", texts: ["a", "b"] } }),
  );
  assert.equal(request?.inputCount, 2);
  const { answer } = readAnswer(cohereEmbed, [{
    json: { id: "i", embeddings: { float: [[1, 2], [3, 4]] }, meta: { billed_units: { input_tokens: 4 } } },
  }]);
  assert.deepEqual(answer.embedding, { count: 2, dimensions: 2 });
  assert.deepEqual(answer.usage, { inputTokens: 4 });
});

Deno.test("cohere_embed tells what was asked, dimensions of packed vectors, and tokens of pictures", () => {
  const json = { model: "e", inputs: [{ content: [] }], input_type: "image", embedding_types: ["ubinary", "int8"] };
  assert.deepEqual(cohereEmbed.decodeRequest(toRequestView({ path: "/v2/embed", json }))?.parameters, {
    input_type: "image",
    embedding_types: ["ubinary", "int8"],
  });
  const read = (embeddings: unknown, billed: Record<string, unknown> = {}) =>
    readAnswer(cohereEmbed, [{ json: { embeddings, meta: { billed_units: billed } } }]).answer;
  assert.deepEqual(read({ ubinary: [[1]], int8: [[1, 2, 3, 4, 5, 6, 7, 8]] }).embedding, { count: 1, dimensions: 8 });
  assert.deepEqual(read({ ubinary: [[1, 2]] }).embedding, { count: 1, dimensions: 16 });
  assert.deepEqual(read({ base64: ["AAAA"] }).embedding, { count: 1 });
  assert.deepEqual(read([[1, 2]], { images: 1 }).embedding, { count: 1, dimensions: 2 });
  assert.deepEqual(read({ float: [[1]] }, { input_tokens: 4, image_tokens: 20 }).usage, {
    inputTokens: 24,
    inputImageTokens: 20,
  });
});
