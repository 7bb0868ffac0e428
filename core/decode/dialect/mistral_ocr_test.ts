import assert from "node:assert/strict";
import { readAnswer } from "./dialect_testing.ts";
import { mistralOcr } from "./mistral_ocr.ts";

Deno.test("mistral_ocr joins pages and counts them", () => {
  const { answer } = readAnswer(mistralOcr, [{ json: { model: "m", pages: [{ markdown: "a" }, { markdown: "b" }] } }]);
  assert.equal(answer.outputCount, 2);
  assert.equal(answer.choices[0]?.message.content, "a\nb");
});
