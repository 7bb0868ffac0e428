import assert from "node:assert/strict";
import { closeCutJson } from "../../core/decode/body/cut_json.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import { damage, type Random } from "../support/random.ts";

const KEYS = ["messages", "contents", "input", "model", "usage", "a\\b", 'q"', "é", ""];

/** Documents cut at every place, plain and damaged: what is given is JSON, and part of the whole. */
export const cutJsonFuzz: FuzzTarget = {
  name: "cut json",
  run(random) {
    const whole = makeRecord(random, 3);
    const text = JSON.stringify(whole, null, random.below(3));
    const closed = closeCutJson(text.slice(0, random.below(text.length + 1)));
    if (closed !== undefined) assertPart(JSON.parse(closed), whole);
    const bytes = damage(new TextEncoder().encode(text), random);
    const damaged = closeCutJson(new TextDecoder().decode(bytes));
    if (damaged !== undefined) JSON.parse(damaged);
  },
};

/** Every member equals the whole's; lists of the root may end earlier. */
function assertPart(part: Record<string, unknown>, whole: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(part)) {
    const full = whole[key];
    if (Array.isArray(value) && Array.isArray(full) && value.length < full.length) {
      assert.deepEqual(value, full.slice(0, value.length));
    } else assert.deepEqual(value, full);
  }
}

function makeRecord(random: Random, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let count = random.below(6); count > 0; count--) record[random.pick(KEYS)] = makeValue(random, depth);
  return record;
}

function makeValue(random: Random, depth: number): unknown {
  if (depth > 0 && random.once(3)) return makeRecord(random, depth - 1);
  if (depth > 0 && random.once(3)) return Array.from({ length: random.below(5) }, () => makeValue(random, depth - 1));
  return random.pick([1, -2.5, 1e21, true, null, "", "x", 'a"b', "\\", "\\\\", "]}", "\u2028é😀"]);
}
