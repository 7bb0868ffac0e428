import assert from "node:assert/strict";
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
