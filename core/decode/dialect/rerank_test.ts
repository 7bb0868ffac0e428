import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { rerank } from "./rerank.ts";

Deno.test("rerank counts documents and results and makes up no tokens", () => {
  const request = rerank.decodeRequest(toRequestView({
    path: "/v2/rerank",
    json: { model: "r", query: "q", documents: ["a", "b", "c"], top_n: 1 },
  }));
  assert.equal(request?.inputCount, 3);
  const { answer } = readAnswer(rerank, [{
    json: { id: "i", results: [{ index: 1, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } },
  }]);
  assert.equal(answer.outputCount, 1);
  assert.equal(answer.usage, undefined);
});
