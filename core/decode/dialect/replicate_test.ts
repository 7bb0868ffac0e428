import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { replicate } from "./replicate.ts";

const STREAM = { "content-type": "text/event-stream" };

Deno.test("replicate reads model, prompt, text output and files", () => {
  const request = replicate.decodeRequest(toRequestView({
    path: "/v1/models/meta/llama-3/predictions",
    json: { input: { prompt: "p", max_new_tokens: 4 } },
  }));
  assert.equal(request?.model, "meta/llama-3");
  assert.deepEqual(request?.parameters, { max_tokens: 4 });
  const text =
    readAnswer(replicate, [{ json: { id: "i", output: ["a", "b"], metrics: { input_token_count: 1 } } }]).answer;
  assert.equal(text.choices[0]?.message.content, "ab");
  assert.deepEqual(text.usage, { inputTokens: 1 });
  const files = readAnswer(replicate, [{ json: { id: "i", output: ["https://replicate.delivery/x.png"] } }]).answer;
  assert.equal(files.outputCount, 1);
  assert.deepEqual(files.choices, []);
  assert.equal(readAnswer(replicate, [{ json: { output: "https://replicate.delivery/x.mp4" } }]).answer.outputCount, 1);
  assert.equal(readAnswer(replicate, [{ json: { output: "whole" } }]).answer.choices[0]?.message.content, "whole");
  assert.deepEqual(readAnswer(replicate, [{ json: { output: { a: 1 } } }]).answer, { choices: [] });
});

Deno.test("replicate says where the outcome of a prediction will be, and nothing of an output that still grows", () => {
  const urls = { get: "https://api.replicate.com/v1/predictions/i", stream: "https://stream.replicate.com/v1/files/x" };
  const { answer } = readAnswer(replicate, [{ json: { id: "i", status: "processing", output: ["a"], urls } }]);
  assert.deepEqual(answer, {
    choices: [],
    requestId: "i",
    isAccepted: true,
    pending: { addresses: ["api.replicate.com/v1/predictions/i", "stream.replicate.com/v1/files/x"] },
  });
  const lost = readAnswer(replicate, [{ json: { id: "i", status: "starting" } }]).answer;
  assert.deepEqual(lost, { choices: [], requestId: "i", isAccepted: true });
});

Deno.test("replicate tells why a prediction failed, and keeps its id", () => {
  const failed = readAnswer(replicate, [{ json: { id: "i", status: "failed", error: "no memory" } }]).answer;
  assert.deepEqual(failed, { choices: [], requestId: "i", error: { message: "no memory" } });
  const refused = readAnswer(replicate, [{ json: { title: "Free time limit", detail: "d", status: 402 } }], {
    status: 402,
  });
  assert.deepEqual(refused.answer.error, { message: "d" });
});

Deno.test("replicate's stream is bare text until it is done; cut, it has no end", () => {
  const pieces = [{ name: "output", text: "Hel" }, { name: "logs", text: "x" }, { name: "output", text: "lo\nyou" }];
  const { kinds, answer } = readAnswer(replicate, [...pieces, { name: "done", text: "{}" }], { headers: STREAM });
  assert.deepEqual(kinds, ["token", "meta", "token", "end"]);
  assert.equal(answer.choices[0]?.message.content, "Hello\nyou");
  assert.equal(answer.error, undefined);
  const failed = [{ name: "error", text: '{"detail":"boom"}' }, { name: "done", text: '{"reason":"error"}' }];
  assert.deepEqual(readAnswer(replicate, failed, { headers: STREAM }).answer.error, { message: "boom" });
  const canceled = [{ name: "done", text: '{"reason":"canceled"}' }];
  assert.deepEqual(readAnswer(replicate, canceled, { headers: STREAM }).answer.error, { type: "canceled" });
});
