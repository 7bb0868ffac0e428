import assert from "node:assert/strict";
import { Random } from "../../tests/support/random.ts";
import { Reassembler } from "./reassemble.ts";

const TEXT = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Collects what is told, as text: bytes as they are, a gap as `<bytes reason>`. */
function start(waits: boolean) {
  const told: string[] = [];
  const reassembler = new Reassembler({
    bytes: (bytes) => told.push(new TextDecoder().decode(bytes)),
    gap: (lostBytes, reason) => told.push(`<${lostBytes} ${reason}>`),
  }, waits);
  const data = (from: number, to: number) => reassembler.data(from, new TextEncoder().encode(TEXT.slice(from, to)), 1);
  return { told, reassembler, data };
}

Deno.test("reassembler passes records in order through as views, without copying", () => {
  const bytes = new Uint8Array(8);
  let seen: Uint8Array | undefined;
  const reassembler = new Reassembler({ bytes: (view) => seen = view, gap() {} }, true);
  reassembler.data(0, bytes, 1);
  assert.equal(seen, bytes);
  assert.equal(reassembler.nextOffset, 8);
});

Deno.test("reassembler tells what waits piece by piece, so that the other direction can be told between", () => {
  const { told, reassembler, data } = start(true);
  for (const [from, to] of [[2, 4], [4, 5], [7, 8]] as const) data(from, to);
  reassembler.settleOne();
  assert.deepEqual(told, ["<2 missing>", "cd"]);
  assert.equal(reassembler.nextHeldNs, 1);
  reassembler.settleOne();
  reassembler.settleOne();
  assert.deepEqual(told.slice(2), ["e", "<2 missing>", "h"]);
  assert.deepEqual([reassembler.nextHeldNs, reassembler.heldBytes], [Infinity, 0]);
});

Deno.test("reassembler ignores repeated and late records, and takes the new part of overlapping ones", () => {
  const { told, reassembler, data } = start(false);
  for (const [from, to] of [[0, 4], [0, 4], [1, 3], [2, 6], [6, 8], [0, 8]] as const) data(from, to);
  assert.deepEqual(told, ["abcd", "ef", "gh"]);
  assert.equal(reassembler.repeatedBytes, 4 + 2 + 2 + 8);
});

Deno.test("reassembler tells a hole at once when records arrive in order, with the reason it was given", () => {
  const { told, reassembler, data } = start(false);
  data(0, 4);
  data(8, 10);
  reassembler.holeReason = "call_limit";
  data(12, 14);
  data(15, 16);
  assert.deepEqual(told, ["abcd", "<4 missing>", "ij", "<2 call_limit>", "mn", "<1 missing>", "p"]);
});

Deno.test("reassembler that waits puts records into order, however they are mixed, repeated and cut", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const records: [number, number][] = [];
    for (let at = 0; at < TEXT.length;) {
      const to = Math.min(TEXT.length, at + 1 + random.below(6));
      records.push([Math.max(0, at - random.below(3)), to]);
      if (random.once(4)) records.push([at, to]);
      at = to;
    }
    random.shuffle(records);
    const { told, reassembler, data } = start(true);
    for (const [from, to] of records) data(from, to);
    assert.equal(told.join(""), TEXT, `seed ${seed}`);
    assert.equal(reassembler.heldBytes, 0);
    assert.equal(reassembler.isWaiting, false);
  }
});

Deno.test("reassembler that waits tells a hole when it is settled, lost, or over its bound", () => {
  const { told, reassembler, data } = start(true);
  data(0, 2);
  data(4, 6);
  assert.deepEqual(told, ["ab"]);
  assert.equal(reassembler.isWaiting, true);
  reassembler.settle();
  assert.deepEqual(told, ["ab", "<2 missing>", "ef"]);
  data(10, 12);
  reassembler.lost(6, 4, "ring_full", 1);
  assert.deepEqual(told.slice(3), ["<4 ring_full>", "kl"]);
  const big = new Uint8Array(5 * 1024 * 1024);
  reassembler.data(20, big, 1);
  assert.equal(told[5], "<8 missing>");
  assert.equal(reassembler.heldBytes, 0);
});

Deno.test("reassembler copies what has to wait, since records are only lent", () => {
  const { told, reassembler, data } = start(true);
  const lent = new TextEncoder().encode("cd");
  reassembler.data(2, lent, 1);
  lent.fill(0x78);
  data(0, 2);
  assert.deepEqual(told, ["ab", "cd"]);
});

Deno.test("reassembler counts what is missing up to the end as lost", () => {
  const { told, reassembler, data } = start(true);
  data(0, 2);
  data(4, 6);
  reassembler.finish(10, 1);
  assert.deepEqual(told, ["ab", "<2 missing>", "ef", "<4 missing>"]);
  reassembler.finish(10, 1);
  assert.equal(told.length, 4);
});
