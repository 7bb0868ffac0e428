import { deepStrictEqual as equals, strictEqual as is } from "node:assert";
import { RecordOrder } from "./record_order.ts";

function start() {
  const given: number[] = [];
  const order = new RecordOrder<{ timeNs: number; bytes: Uint8Array }>((line) => void given.push(line.timeNs));
  return {
    given,
    order,
    add: (connId: number, timeNs: number, size = 1) => order.add(connId, { timeNs, bytes: new Uint8Array(size) }),
  };
}

Deno.test("lines of a connection are given in order of time", () => {
  const { given, order, add } = start();
  for (const time of [3, 1, 2, 5, 4]) add(1, time);
  order.settle(3);
  equals(given, [1, 2, 3]);
  order.flush(1);
  equals(given, [1, 2, 3, 4, 5]);
});

Deno.test("newer lines push out older ones: 64 of a connection and 16 MiB in all are held", () => {
  const { given, order, add } = start();
  for (let time = 1; time <= 70; time++) add(1, time);
  equals(given, [1, 2, 3, 4, 5, 6]);
  add(2, 100, 16 * 1024 * 1024);
  is(given.at(-1), 100);
  order.flush();
  is(given.length, 71);
});
