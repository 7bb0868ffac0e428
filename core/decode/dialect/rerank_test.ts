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

Deno.test("how many documents are wanted is no number of answers", () => {
  const decode = (extra: Record<string, unknown>) =>
    rerank.decodeRequest(toRequestView({ path: "/v1/rerank", json: { query: "q", documents: ["a"], ...extra } }));
  assert.deepEqual(decode({ top_n: 3 })?.parameters, { top_n: 3 });
  assert.deepEqual(decode({ top_k: 2 })?.parameters, { top_n: 2 });
});

Deno.test("rerank reads where Amazon Bedrock names model, query and documents", () => {
  const request = rerank.decodeRequest(toRequestView({
    path: "/rerank",
    json: {
      queries: [{ type: "TEXT", textQuery: { text: "q" } }],
      sources: [{ type: "INLINE" }, { type: "INLINE" }],
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: { modelConfiguration: { modelArn: "arn:x:model/r" }, numberOfResults: 1 },
      },
    },
  }));
  assert.equal(request?.model, "arn:x:model/r");
  assert.equal(request?.inputCount, 2);
  assert.deepEqual(request?.messages, [{ role: "user", content: "q" }]);
  assert.deepEqual(request?.parameters, { top_n: 1 });
});

Deno.test("rerank knows Mixedbread's path and its documents", () => {
  const view = toRequestView({ path: "/v1/reranking", json: { model: "m", query: "owl", input: ["a", "b", "c"] } });
  assert.ok(rerank.matchHead(view) > 0.8);
  assert.equal(rerank.decodeRequest(view)?.inputCount, 3);
  const { answer } = readAnswer(rerank, [{
    json: { data: [{ index: 2, score: 0.6 }], usage: { prompt_tokens: 5, total_tokens: 5 }, model: "m" },
  }]);
  assert.deepEqual([answer.outputCount, answer.usage?.inputTokens], [1, 5]);
});
