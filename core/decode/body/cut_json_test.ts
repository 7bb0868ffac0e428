import assert from "node:assert/strict";
import { cutJsonFuzz } from "../../../tests/fuzz/cut_json.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { closeCutJson } from "./cut_json.ts";

function read(text: string): unknown {
  const closed = closeCutJson(text);
  return closed === undefined ? undefined : JSON.parse(closed);
}

Deno.test("cut_json gives the members that are whole and the entries of a conversation that are", () => {
  assert.deepEqual(read('{"model":"m","messages":[{"role":"user","content":"a"},{"role":"us'), {
    model: "m",
    messages: [{ role: "user", content: "a" }],
  });
  assert.deepEqual(read('{"model":"m","stream":true,"messages":[{"role":"user","content":"a'), {
    model: "m",
    stream: true,
  });
});

Deno.test("cut_json takes no number, word or string whose end is missing", () => {
  assert.deepEqual(read('{"a":1,"max_tokens":10'), { a: 1 });
  assert.deepEqual(read('{"a":1,"stream":true'), { a: 1 });
  assert.deepEqual(read('{"a":1,"stream":tr'), { a: 1 });
  assert.deepEqual(read('{"a":1,"b":"x\\"'), { a: 1 });
  assert.deepEqual(read('{"a":1,"b":"x\\\\"'), { a: 1, b: "x\\" });
  assert.deepEqual(read('{"a":1,"b"'), { a: 1 });
  assert.deepEqual(read('{"a":1,'), { a: 1 });
});

Deno.test("cut_json takes nothing of other lists and objects, for their length and members are unknown", () => {
  assert.deepEqual(read('{"a":1,"stop":["x","y"'), { a: 1 });
  assert.deepEqual(read('{"a":1,"data":[{"embedding":[1,2]},{"em'), { a: 1 });
  assert.deepEqual(read('{"a":1,"usage":{"prompt_tokens":5,'), { a: 1 });
  assert.deepEqual(read('{"a":1,"input":["x","y"'), { a: 1 });
  assert.deepEqual(read('{"a":1,"options":{"messages":[{"x":1},'), { a: 1 });
});

Deno.test("cut_json gives a document that is whole as it is, and nothing of what is no object", () => {
  assert.deepEqual(read('{"a":{"b":[1]}} trailing'), { a: { b: [1] } });
  for (const text of ["", "{", '{"a', '{"a":', "[", '[{"a":1},', "null", "{]", '{"a":1]', '{a:1,"b":2', "<html>"]) {
    assert.equal(read(text), undefined, text);
  }
});

Deno.test("cut_json reads a million levels and a long string in one pass", () => {
  assert.deepEqual(read(`{"a":1,"b":${"[".repeat(1e6)}`), { a: 1 });
  assert.deepEqual(read(`{"a":1,"b":"${"\\\\".repeat(1e6)}`), { a: 1 });
});

Deno.test("cut_json: seeded documents cut anywhere say nothing that the whole one does not", () =>
  runFuzz(cutJsonFuzz, TEST_INPUTS));
