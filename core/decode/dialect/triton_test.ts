import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { triton } from "./triton.ts";

Deno.test("triton takes the model from the path and settings from either place", () => {
  const request = triton.decodeRequest(toRequestView({
    path: "/v2/models/ensemble/versions/1/generate_stream",
    json: { text_input: "p", max_tokens: 5, parameters: { temperature: 0.2 } },
  }));
  assert.deepEqual([request?.model, request?.isStreaming], ["ensemble", true]);
  assert.deepEqual(request?.parameters, { temperature: 0.2, max_tokens: 5 });
  assert.equal(triton.matchHead(toRequestView({ path: "/v2/models/m/infer" })), 0);
});

Deno.test("triton joins the pieces of a stream and tells its errors", () => {
  const pieces = ["He", "llo"].map((text_output) => ({ json: { model_name: "m", text_output } }));
  const { answer } = readAnswer(triton, pieces);
  assert.deepEqual([answer.choices[0]?.message.content, answer.model], ["Hello", "m"]);
  assert.equal(readAnswer(triton, [{ json: { error: "bad" } }], { status: 400 }).answer.error?.message, "bad");
});
