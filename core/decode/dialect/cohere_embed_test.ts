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
