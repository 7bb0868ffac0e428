import assert from "node:assert/strict";
import { readAnswer } from "./dialect_testing.ts";
import { hfTgi } from "./hf_tgi.ts";

Deno.test("hf_tgi joins tokens, leaves special ones out and takes the whole text from the last event", () => {
  const { answer } = readAnswer(hfTgi, [
    { json: { token: { text: "He", special: false } } },
    { json: { token: { text: "y", special: false } } },
    {
      json: {
        token: { text: "</s>", special: true },
        generated_text: "Hey",
        details: { finish_reason: "eos_token", generated_tokens: 3 },
      },
    },
  ]);
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { outputTokens: 3 });
  const cut = readAnswer(hfTgi, [{ json: { token: { text: "He" } } }], { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.message.content, "He");
  assert.equal(cut.choices[0]?.finishReason, undefined);
});
