import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { replicate } from "./replicate.ts";

Deno.test("replicate reads model, prompt, text output and files", () => {
  const request = replicate.decodeRequest(toRequestView({
    path: "/v1/models/meta/llama-3/predictions",
    json: { input: { prompt: "p", max_new_tokens: 4 } },
  }));
  assert.equal(request?.model, "meta/llama-3");
  assert.deepEqual(request?.parameters, { max_tokens: 4 });
  const text =
    readAnswer(replicate, [{ json: { id: "i", output: ["a", "b"], metrics: { input_token_count: 1 } } }]).answer;
  assert.equal(text.choices[0]?.message.content, "ab");
  assert.deepEqual(text.usage, { inputTokens: 1 });
  const files = readAnswer(replicate, [{ json: { id: "i", output: ["https://replicate.delivery/x.png"] } }]).answer;
  assert.equal(files.outputCount, 1);
  assert.deepEqual(files.choices, []);
});
