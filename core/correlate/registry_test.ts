import assert from "node:assert/strict";
import { storyFuzz } from "../../tests/fuzz/stories.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";
import { CORRELATORS } from "./registry.ts";

Deno.test("every correlator has a unique id and a summary", () => {
  assert.equal(new Set(CORRELATORS.map(({ id }) => id)).size, CORRELATORS.length);
  for (const { summary } of CORRELATORS) assert.match(summary, /^[A-Z].*[^.]$/);
});

Deno.test("no conversation makes a story fail, and every link leads to an event that was told", () => {
  runFuzz(storyFuzz, TEST_INPUTS);
});
