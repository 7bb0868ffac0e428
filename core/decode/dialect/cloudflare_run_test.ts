import assert from "node:assert/strict";
import { cloudflareRun } from "./cloudflare_run.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("cloudflare_run takes the model from the path and reads text, vectors and errors", () => {
  const path = "/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct";
  const request = cloudflareRun.decodeRequest(
    toRequestView({ path, json: { messages: [{ role: "user", content: "hi" }] } }),
  );
  assert.equal(request?.model, "@cf/meta/llama-3.1-8b-instruct");
  assert.equal(request?.messages[0]?.content, "hi");
  const messages = [{ role: "system", content: "S" }, { role: "user", content: "hi" }];
  const withSystem = cloudflareRun.decodeRequest(toRequestView({ path, json: { messages } }));
  assert.deepEqual([withSystem?.systemPrompt, withSystem?.messageCount], ["S", 1]);
  assert.equal(
    readAnswer(cloudflareRun, [{ json: { result: { response: "yo" }, success: true } }]).answer.choices[0]?.message
      .content,
    "yo",
  );
  assert.deepEqual(readAnswer(cloudflareRun, [{ json: { result: { data: [[1, 2]] } } }]).answer.embedding, {
    count: 1,
    dimensions: 2,
  });
  assert.deepEqual(
    readAnswer(cloudflareRun, [{ json: { result: null, success: false, errors: [{ code: 7, message: "no" }] } }], {
      status: 403,
    }).answer.error,
    { code: "7", message: "no" },
  );
});
