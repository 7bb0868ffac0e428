import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { readAnswer } from "./dialect_testing.ts";
import { gemini } from "./gemini.ts";

const PATH = "/v1/publishers/google/models/m:streamGenerateContent";

function chunk(functionCall: object, more: object = {}) {
  return { json: { candidates: [{ content: { role: "model", parts: [{ functionCall }] }, ...more }] } };
}

function piece(jsonPath: string, value: object, willContinue = true) {
  return chunk({ partialArgs: [{ jsonPath, ...value }], ...(willContinue && { willContinue }) });
}

function read(messages: Parameters<typeof readAnswer>[1], isComplete = true) {
  return readAnswer(gemini, messages, { path: PATH, isComplete }).answer.choices[0];
}

Deno.test("arguments that come value by value are put together by their paths, texts by their pieces", () => {
  const choice = read([
    chunk({ name: "book", willContinue: true }),
    piece("$.city", { stringValue: "Os", willContinue: true }),
    piece("$.city", { stringValue: "lo", willContinue: true }),
    piece("$.city", { stringValue: "" }),
    piece("$.rooms[0].beds", { numberValue: 2 }),
    piece("$.rooms[1]['with view']", { boolValue: false }),
    piece("$.until", { nullValue: "NULL_VALUE" }, false),
    chunk({ name: "list" }, { finishReason: "STOP" }),
  ]);
  assert.deepEqual(choice?.message.toolCalls, [
    {
      name: "book",
      type: "function",
      arguments: { city: "Oslo", rooms: [{ beds: 2 }, { "with view": false }], until: null },
    },
    { name: "list", type: "function", arguments: {} },
  ]);
  assert.equal(choice?.finishReason, "tool_calls");
});

Deno.test("an empty part ends a call, and a part without a name begins none", () => {
  const choice = read([
    chunk({}),
    chunk({ name: "f", willContinue: true }),
    chunk({}),
    chunk({}, { finishReason: "STOP" }),
  ]);
  assert.deepEqual(choice?.message.toolCalls, [{ name: "f", type: "function", arguments: {} }]);
});

Deno.test("a call that was cut has no arguments", () => {
  const choice = read([chunk({ name: "f", willContinue: true }), piece("$.a", { stringValue: "x" })], false);
  assert.deepEqual(choice?.message.toolCalls, [{ name: "f", type: "function", argumentsIncomplete: true }]);
});

Deno.test("pieces whose place cannot be known leave the arguments absent", () => {
  for (const path of ["a", "$", "$.a[", "$.__proto__.x", "$.a[99999].b", `$${".a".repeat(65)}`]) {
    const choice = read([chunk({ name: "f", willContinue: true }), piece(path, { numberValue: 1 }, false)]);
    assert.deepEqual(choice?.message.toolCalls, [{ name: "f", type: "function", argumentsIncomplete: true }], path);
  }
  assert.equal(Object.hasOwn(Object.prototype, "x"), false);
});

Deno.test("no piece makes the reader throw", () => {
  const random = new Random(7);
  const paths = ["$.a", "$.a[0]", "$[0]", "$.a.b", "$['", 3, null];
  const values = [{ stringValue: "x" }, { numberValue: 1 }, {}, { stringValue: 4 }, { nullValue: 0 }];
  for (let round = 0; round < 2_000; round++) {
    const messages = [chunk({ name: "f", willContinue: true })];
    for (let at = 0; at < 4; at++) {
      messages.push(chunk({
        partialArgs: [{ jsonPath: random.pick(paths), ...random.pick(values), willContinue: random.pick([true, 1]) }],
        willContinue: random.pick([true, false, "x"]),
      }));
    }
    assert.equal(read(messages)?.message.toolCalls?.length, 1);
  }
});
