import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { hfTei } from "./hf_tei.ts";

Deno.test("hf_tei counts inputs and vectors, in one list or one by one", () => {
  const request = hfTei.decodeRequest(toRequestView({ path: "/embed", json: { inputs: ["a", "b"] } }));
  assert.deepEqual([request?.requestType, request?.inputCount], ["embedding", 2]);
  assert.deepEqual(readAnswer(hfTei, [{ json: [[1, 2, 3], [1, 2, 3]] }]).answer.embedding, { count: 2, dimensions: 3 });
  assert.deepEqual(readAnswer(hfTei, [{ json: [1, 2] }, { json: [1, 2] }]).answer.embedding, {
    count: 2,
    dimensions: 2,
  });
});

Deno.test("hf_tei tells errors, takes nothing of odd answers, and claims its own path only", () => {
  const error = { json: { error: "too long", error_type: "Validation" } };
  assert.deepEqual(readAnswer(hfTei, [error], { status: 413 }).answer.error, {
    type: "Validation",
    message: "too long",
  });
  assert.deepEqual(readAnswer(hfTei, [{ json: ["x"] }, { json: {} }]).answer, { choices: [] });
  assert.equal(hfTei.matchBody({ inputs: "x" }, toRequestView({ path: "/generate" })), 0);
  assert.equal(hfTei.matchBody({ model: "m", input: "x" }, toRequestView({ path: "/api/embed" })), 0);
});
