import assert from "node:assert/strict";
import { cloudflareRun } from "./cloudflare_run.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { watsonx } from "./watsonx.ts";

Deno.test("watsonx reads prompt, parameters and a result", () => {
  const request = watsonx.decodeRequest(toRequestView({
    path: "/ml/v1/text/generation",
    json: { model_id: "ibm/granite", input: "hi", parameters: { max_new_tokens: 3 } },
  }));
  assert.equal(request?.model, "ibm/granite");
  assert.deepEqual(request?.parameters, { max_tokens: 3 });
  const { answer } = readAnswer(watsonx, [{
    json: {
      model_id: "ibm/granite",
      results: [{ generated_text: "yo", generated_token_count: 2, input_token_count: 5, stop_reason: "max_tokens" }],
    },
  }]);
  assert.equal(answer.choices[0]?.finishReason, "length");
  assert.deepEqual(answer.usage, { inputTokens: 5, outputTokens: 2, totalTokens: 7 });
});

Deno.test("watsonx joins a stream and leaves the reason of a cut one absent", () => {
  const piece = (text: string, count: number) => ({
    json: { results: [{ generated_text: text, generated_token_count: count, stop_reason: "not_finished" }] },
  });
  const { answer } = readAnswer(watsonx, [piece("He", 1), piece("y", 2)], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.equal(answer.choices[0]?.finishReason, undefined);
  assert.deepEqual(answer.usage, { outputTokens: 2 });
});

Deno.test("cloudflare_run takes the model from the path and reads text, vectors and errors", () => {
  const path = "/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct";
  const request = cloudflareRun.decodeRequest(
    toRequestView({ path, json: { messages: [{ role: "user", content: "hi" }] } }),
  );
  assert.equal(request?.model, "@cf/meta/llama-3.1-8b-instruct");
  assert.equal(request?.messages[0]?.content, "hi");
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
