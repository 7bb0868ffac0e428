import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { kobold } from "./kobold.ts";

Deno.test("kobold reads a prompt, results, and tokens of a stream", () => {
  const request = kobold.decodeRequest(toRequestView({
    path: "/api/extra/generate/stream",
    json: { prompt: "p", max_length: 5, stop_sequence: ["x"] },
  }));
  assert.deepEqual([request?.isStreaming, request?.parameters], [true, { max_tokens: 5, stop: ["x"] }]);
  const whole = readAnswer(kobold, [{ json: { results: [{ text: "Hi", finish_reason: "stop" }] } }]).answer;
  assert.deepEqual([whole.choices[0]?.message.content, whole.choices[0]?.finishReason], ["Hi", "stop"]);
  const pieces = [{ json: { token: "H" } }, { json: { token: "i", finish_reason: "length" } }];
  const streamed = readAnswer(kobold, pieces).answer;
  assert.deepEqual([streamed.choices[0]?.message.content, streamed.choices[0]?.finishReason], ["Hi", "length"]);
});

Deno.test("kobold claims no answer of others by its results alone, and gives nothing of odd ones", () => {
  const response = { status: 200, headers: new Map(), contentType: "" };
  assert.ok(kobold.matchAnswer({ results: [{ text: "x" }] }, response) < 0.7);
  assert.deepEqual(readAnswer(kobold, [{ json: { results: null } }]).answer, { choices: [] });
});
