import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webPerplexity } from "./web_perplexity.ts";

Deno.test("web_perplexity takes the newest answer, whole or in pieces", () => {
  const request = webPerplexity.decodeRequest(toRequestView({
    path: "/rest/sse/perplexity_ask",
    json: { query_str: "why?", params: { model_preference: "pplx" } },
  }));
  assert.equal(request?.messages[0]?.content, "why?");
  const { kinds, answer } = readAnswer(webPerplexity, [
    { json: { uuid: "u", blocks: [{ markdown_block: { chunks: ["Be", "cau"] } }] } },
    {
      json: {
        uuid: "u",
        display_model: "sonar",
        text_completed: true,
        blocks: [{ markdown_block: { answer: "Because" } }],
      },
    },
  ]);
  assert.deepEqual(kinds, ["token", "end"]);
  assert.equal(answer.choices[0]?.message.content, "Because");
  assert.equal(answer.model, "sonar");
});
