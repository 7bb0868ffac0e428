import assert from "node:assert/strict";
import { ContentMemo } from "./content_memo.ts";
import { Scanner } from "./scanner.ts";

const text = (number: number, length = 1000): string => `${number} `.padEnd(length, `word ${number} `);

Deno.test("a text is familiar when it is seen for the second time, not before", () => {
  const memo = new ContentMemo();
  assert.equal(memo.isFamiliar(text(1)), false);
  assert.equal(memo.isFamiliar(text(1)), true);
  assert.equal(memo.find(text(1)), undefined);
  memo.keep(text(1), []);
  assert.deepEqual(memo.find(text(1))?.matches, []);
  assert.equal(memo.find(text(2)), undefined);
});

Deno.test("short texts and very long ones are never familiar", () => {
  const memo = new ContentMemo();
  for (const length of [100, 1_000_000]) {
    memo.isFamiliar(text(1, length));
    assert.equal(memo.isFamiliar(text(1, length)), false);
  }
});

Deno.test("the texts held are bounded, oldest gone first", () => {
  const memo = new ContentMemo();
  for (let i = 0; i < 100; i++) memo.keep(text(i, 100_000), []);
  let held = 0;
  for (let i = 0; i < 100; i++) if (memo.find(text(i, 100_000)) !== undefined) held++;
  assert.ok(held * 100_000 <= 4 * 1024 * 1024 && held > 30, String(held));
  assert.equal(memo.find(text(0, 100_000)), undefined);
  assert.notEqual(memo.find(text(99, 100_000)), undefined);
});

Deno.test("a remembered text gives the same matches and digest as a new one", () => {
  const scanner = new Scanner();
  const content = text(7) + " anna@example.com";
  const first = scanner.scan(content);
  const digest = scanner.digest(content, first);
  for (let i = 0; i < 4; i++) {
    assert.deepEqual(scanner.scan(content), first);
    assert.deepEqual(scanner.digest(content, scanner.scan(content)), digest);
  }
  assert.equal(first[0]?.rule.id, "email");
});
