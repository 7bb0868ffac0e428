import assert from "node:assert/strict";
import { CallOrder } from "./call_order.ts";

Deno.test("pieces of calls get the index of their id; one without an id goes on with the last call", () => {
  const order = new CallOrder();
  const pieces = [
    { id: "a", function: { name: "read", arguments: '{"p' } },
    { function: { arguments: '":1}' } },
    { id: "b", name: "write", arguments: "{}" },
    { id: "a", arguments: "!" },
    {},
  ];
  const deltas = pieces.map((piece) => order.toDelta(piece));
  assert.deepEqual(deltas.map(({ index }) => index), [0, 0, 1, 0, 1]);
  assert.deepEqual(deltas[0], { index: 0, id: "a", type: "function", function: { name: "read", arguments: '{"p' } });
  assert.deepEqual(deltas[2]?.["function"], { name: "write", arguments: "{}" });
});
