import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { sglang } from "./sglang.ts";

const said = (text: string, more = {}) => ({ json: { text, meta_info: { id: "g", prompt_tokens: 3, ...more } } });

Deno.test("sglang reads text and sampling parameters, and events that repeat the text", () => {
  const json = { text: "p", sampling_params: { max_new_tokens: 5, temperature: 0 }, stream: true };
  const request = sglang.decodeRequest(toRequestView({ path: "/generate", json }));
  assert.deepEqual([request?.isStreaming, request?.parameters], [true, { temperature: 0, max_tokens: 5 }]);
  assert.ok(sglang.matchBody(json, toRequestView({ path: "/generate" })) > 0.8);
  const finish_reason = { type: "length", length: 5 };
  const last = said("Hello", { completion_tokens: 2, finish_reason, cached_tokens: 1 });
  const { answer, kinds } = readAnswer(sglang, [said("Hel"), said("Hello"), last]);
  assert.deepEqual(kinds, ["token", "token", "meta"]);
  assert.equal(answer.choices[0]?.message.content, "Hello");
  assert.deepEqual([answer.choices[0]?.finishReason, answer.requestId], ["length", "g"]);
  assert.deepEqual(answer.usage, { inputTokens: 3, outputTokens: 2, totalTokens: 5, cachedTokens: 1 });
});

Deno.test("sglang leaves out what a cut or odd answer does not say", () => {
  const { answer } = readAnswer(sglang, [said("Hel")], { isComplete: false });
  assert.deepEqual([answer.choices[0]?.finishReason, answer.usage], [undefined, { inputTokens: 3 }]);
  assert.deepEqual(readAnswer(sglang, [{ json: { text: 5 } }, { text: "[" }]).answer, { choices: [] });
  assert.equal(sglang.decodeRequest(toRequestView({ path: "/generate", json: { inputs: "x" } })), undefined);
});
