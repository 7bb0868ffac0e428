import assert from "node:assert/strict";
import { LABS_REASONS, toWord } from "./gemini_words.ts";

Deno.test("a number is its word, a word itself; what has no word stays a number, and none is none", () => {
  assert.equal(toWord(2, LABS_REASONS), "MAX_TOKENS");
  assert.equal(toWord("NEW", LABS_REASONS), "NEW");
  assert.equal(toWord(99, LABS_REASONS), "99");
  for (const none of [0, -1, 1.5, null, undefined, {}]) assert.equal(toWord(none, LABS_REASONS), undefined);
});
