import assert from "node:assert/strict";
import { joinBytes } from "./joined_bytes.ts";

Deno.test("joined pieces are bytes of their own, in order", () => {
  const first = Uint8Array.of(1, 2);
  const whole = joinBytes([first, new Uint8Array(0), Uint8Array.of(3)]);
  assert.deepEqual(whole, Uint8Array.of(1, 2, 3));
  first[0] = 9;
  assert.equal(whole[0], 1);
  assert.equal(joinBytes([]).length, 0);
});
