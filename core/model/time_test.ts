import assert from "node:assert/strict";
import { toDurationMs, toEpochUs, toTimestamp } from "./time.ts";

Deno.test("toTimestamp renders six digits whether the second was rendered before or not", () => {
  for (const timeUs of [0, 1, 999_999, 1_000_000, 1_790_000_000_000_123, 1_790_000_000_000_124, 5, -1]) {
    const whole = new Date(Math.floor(timeUs / 1000)).toISOString();
    const rest = ((timeUs % 1000) + 1000) % 1000;
    assert.equal(toTimestamp(timeUs), `${whole.slice(0, -1)}${String(rest).padStart(3, "0")}Z`);
  }
});

Deno.test("toDurationMs keeps microseconds and is never negative", () => {
  assert.equal(toDurationMs(1_000, 2_501_000), 2.5);
  assert.equal(toDurationMs(1, 1_234), 0.001);
  assert.equal(toDurationMs(10, 5), 0);
});

Deno.test("toEpochUs adds the clock's offset to whole microseconds", () => {
  assert.equal(toEpochUs(1_999, 100), 101);
});
