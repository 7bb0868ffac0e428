import assert from "node:assert/strict";
import { CORRELATORS } from "./registry.ts";

Deno.test("every correlator has a unique id and a summary", () => {
  assert.equal(new Set(CORRELATORS.map(({ id }) => id)).size, CORRELATORS.length);
  for (const { summary } of CORRELATORS) assert.match(summary, /^[A-Z].*[^.]$/);
});
