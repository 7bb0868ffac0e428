import assert from "node:assert/strict";
import { parseTimestampUs, toDurationMs, toEpochUs, toTimestamp } from "./time.ts";

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

Deno.test("parseTimestampUs reads what toTimestamp renders, other zones and shorter forms", () => {
  const us = 1_795_255_200_123_456;
  assert.equal(parseTimestampUs(toTimestamp(us)), us);
  assert.equal(parseTimestampUs("2026-11-21T11:00:00.5+01:00"), parseTimestampUs("2026-11-21T10:00:00.500000Z"));
  assert.equal(parseTimestampUs("2026-11-21T10:00:00.5-0130"), parseTimestampUs("2026-11-21 11:30:00.5"));
  assert.equal(parseTimestampUs("2026-11-21"), parseTimestampUs("2026-11-21T00:00:00Z"));
  assert.equal(parseTimestampUs("2026-11-21T10:00"), parseTimestampUs("2026-11-21t10:00:00z"));
});

Deno.test("parseTimestampUs gives nothing for what is no time", () => {
  for (
    const text of [
      "",
      "now",
      "10:00",
      "2026-13-01",
      "2026-02-30",
      "2026-11-21T25:00:00Z",
      "1795255200",
      "2026-11-21T10",
    ]
  ) {
    assert.equal(parseTimestampUs(text), undefined, text);
  }
});
