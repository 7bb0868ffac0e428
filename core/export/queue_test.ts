import assert from "node:assert/strict";
import { BoundedQueue } from "./queue.ts";

Deno.test("a bounded queue gives items in order", () => {
  const queue = new BoundedQueue<number>({ maxItems: 5000, maxBytes: 1e9 });
  for (let i = 0; i < 5000; i++) queue.push(i, 1);
  for (let i = 0; i < 5000; i++) assert.equal(queue.take(), i);
  assert.equal(queue.take(), undefined);
  assert.equal(queue.bytes, 0);
});

Deno.test("a bounded queue drops the oldest by count and by bytes, and counts them", () => {
  const byCount = new BoundedQueue<number>({ maxItems: 3, maxBytes: 1e9 });
  for (let i = 0; i < 10; i++) byCount.push(i, 1);
  assert.deepEqual([byCount.take(), byCount.size, byCount.dropped], [7, 2, 7]);
  const byBytes = new BoundedQueue<string>({ maxItems: 100, maxBytes: 10 });
  for (const text of ["aaaa", "bbbb", "cccc"]) byBytes.push(text, text.length);
  assert.deepEqual([byBytes.peek(), byBytes.bytes, byBytes.dropped], ["bbbb", 8, 1]);
});

Deno.test("a bounded queue takes an item that is larger than its bound", () => {
  const queue = new BoundedQueue<string>({ maxItems: 10, maxBytes: 10 });
  queue.push("small", 5);
  queue.push("large", 50);
  assert.deepEqual([queue.size, queue.take(), queue.dropped], [1, "large", 1]);
});

Deno.test("a bounded queue holds its bound over many random pushes and takes", () => {
  const queue = new BoundedQueue<number>({ maxItems: 50, maxBytes: 500 });
  let seed = 7;
  let pushed = 0;
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    seed = (seed * 48271) % 2147483647;
    if (seed % 3 === 0) taken += queue.take() === undefined ? 0 : 1;
    else queue.push(pushed++, 1 + seed % 40);
    assert.ok(queue.size <= 50 && queue.bytes <= 500);
  }
  assert.equal(pushed, taken + queue.size + queue.dropped);
});
