import assert from "node:assert/strict";
import { parseDurationMs } from "./duration.ts";

Deno.test("parseDurationMs reads one or several amounts with units; a bare number is seconds", () => {
  assert.deepEqual(["30s", "500ms", "1m30s", "2h", "10", "1.5", "7d"].map(parseDurationMs), [
    30_000,
    500,
    90_000,
    7_200_000,
    10_000,
    1500,
    604_800_000,
  ]);
});

Deno.test("parseDurationMs gives nothing for what is no duration", () => {
  assert.deepEqual(["", "s", "-1s", "1x", "1s1", "1 s"].map(parseDurationMs), Array(6).fill(undefined));
});
