import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeTime, isValid } from "ulid";
import { toEventId } from "./ids.ts";

const PARTS = { bootId: "boot", processKey: 1, connId: 2, ordinal: 3, eventType: "ai.request", index: 0 };

/** The rule as the record format states it, spelled out bit by bit. */
function spell(timeMs: number, text: string): string {
  const bits = timeMs.toString(2).padStart(50, "0") +
    [...createHash("sha256").update(text).digest().subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, "0"))
      .join("");
  return [...bits.matchAll(/.{5}/g)].map((five) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[parseInt(five[0], 2)]).join("");
}

Deno.test("toEventId is the time and the hash of the parts, bit by bit, for short and long boot ids", () => {
  for (const bootId of ["boot", "0b1c5f1e-1111-2222-3333-444455556666", "é".repeat(200), "x".repeat(900)]) {
    for (const timeMs of [0, 1, 1_790_000_000_123, 2 ** 42 + 1]) {
      const id = toEventId(timeMs * 1000 + 999, { ...PARTS, bootId });
      assert.equal(id, spell(timeMs, `${bootId}\n1\n2\n3\nai.request\n0`));
      assert.ok(isValid(id));
      assert.equal(decodeTime(id), timeMs);
    }
  }
});

Deno.test("toEventId differs when any part differs", () => {
  const ids = [{}, { processKey: 2 }, { connId: 3 }, { ordinal: 4 }, { eventType: "ai.response" }, { index: 1 }, {
    bootId: "b",
  }]
    .map((change) => toEventId(5_000, { ...PARTS, ...change }));
  assert.equal(new Set(ids).size, ids.length);
});
