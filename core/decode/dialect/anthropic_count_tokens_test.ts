import assert from "node:assert/strict";
import { anthropicCountTokens } from "./anthropic_count_tokens.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("counting tokens is its own kind of call, whose count is the input of a request that was not made", () => {
  const view = toRequestView({
    path: "/v1/messages/count_tokens",
    json: { model: "m", messages: [{ role: "user", content: "x" }] },
  });
  assert.equal(anthropicCountTokens.matchHead(view), 1);
  assert.equal(anthropicCountTokens.decodeRequest(view)?.requestType, "count_tokens");
  assert.deepEqual(readAnswer(anthropicCountTokens, [{ json: { input_tokens: 9 } }]).answer, {
    choices: [],
    usage: { inputTokens: 9 },
  });
});

Deno.test("a refused count has the vendor's error and id", () => {
  const json = { type: "error", error: { type: "not_found_error", message: "m" }, request_id: "req_1" };
  const { answer } = readAnswer(anthropicCountTokens, [{ json }], { status: 404 });
  assert.deepEqual(answer, { choices: [], requestId: "req_1", error: { type: "not_found_error", message: "m" } });
});

Deno.test("an answer without a count states none", () => {
  for (const json of [{}, { input_tokens: "9" }, [], 5]) {
    assert.deepEqual(readAnswer(anthropicCountTokens, [{ json }]).answer, { choices: [] });
  }
});
