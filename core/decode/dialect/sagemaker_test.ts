import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { sagemaker } from "./sagemaker.ts";

const STREAM = "/endpoints/my-llm/invocations-response-stream";

/** The bytes of a stream in parts of so many bytes. */
function inParts(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  const parts = [];
  for (let at = 0; at < bytes.length; at += size) {
    parts.push({ name: "PayloadPart", text: "", bytes: bytes.slice(at, at + size) });
  }
  return parts;
}

Deno.test("sagemaker reads requests in the format of the server behind the endpoint", () => {
  const decode = (json: unknown, path = "/endpoints/my-llm/invocations") =>
    sagemaker.decodeRequest(toRequestView({ path, json }));
  const chat = decode({ messages: [{ role: "user", content: "hi" }], max_tokens: 3 }, STREAM);
  assert.deepEqual([chat?.requestType, chat?.isStreaming, chat?.messageCount], ["chat", true, 1]);
  const text = decode({ inputs: "hi", parameters: { max_new_tokens: 3 } });
  assert.deepEqual([text?.requestType, text?.isStreaming, text?.model], ["completion", false, undefined]);
  assert.equal(decode({ prompt: "hi" })?.requestType, "completion");
  assert.equal(decode({ instances: [[1, 2]] }), undefined);
});

Deno.test("sagemaker joins streams that are cut inside lines and characters", () => {
  const tgi = ['data:{"token":{"text":"Grü"}}', "", 'data:{"token":{"text":"ße"},"generated_text":"Grüße"}', "", ""]
    .join("\n");
  const chat = [
    'data: {"choices":[{"index":0,"delta":{"content":"Grü"}}]}',
    "",
    'data: {"choices":[{"index":0,"delta":{"content":"ße"},"finish_reason":"stop"}]}',
    "data: [DONE]",
    "",
  ].join("\n");
  const lines = '{"token":{"text":"Grü"}}\n{"token":{"text":"ße"}}';
  for (const text of [tgi, chat, lines]) {
    for (const size of [1, 7, 1000]) {
      const { answer } = readAnswer(sagemaker, inParts(text, size), { path: STREAM });
      assert.equal(answer.choices[0]?.message.content, "Grüße", `${size} ${text}`);
    }
  }
});

Deno.test("sagemaker reads whole answers and exceptions, and gives nothing of numbers", () => {
  const whole = readAnswer(sagemaker, [{ json: { generated_text: "Hi" } }]).answer;
  assert.equal(whole.choices[0]?.message.content, "Hi");
  assert.deepEqual(readAnswer(sagemaker, [{ json: { predictions: [1] } }]).answer, { choices: [] });
  const exception = {
    name: "ModelStreamError",
    json: { Message: "broke" },
    headers: new Map([[":message-type", "exception"], [":exception-type", "ModelStreamError"]]),
  };
  assert.deepEqual(readAnswer(sagemaker, [exception]).answer.error, { type: "ModelStreamError", message: "broke" });
  const cut = readAnswer(sagemaker, inParts('{"token":{"text":"a"}}\n{"token":{"te', 5), { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.message.content, "a");
});

Deno.test("a list with one answer from an endpoint is no stream", () => {
  const path = "/endpoints/my-llm/invocations";
  const request = sagemaker.decodeRequest(toRequestView({ path, json: { inputs: "owls?" } }));
  assert.ok(request !== undefined);
  const reader = sagemaker.createReader({
    request,
    head: toRequestView({ path }),
    response: { status: 200, headers: new Map(), contentType: "application/json" },
    quirks: [],
    wantsDelta: false,
  });
  reader.message({ text: '{"generated_text":"Hoot"}' });
  assert.equal(reader.isStream, false);
  assert.equal(reader.finish(true).choices[0]?.message.content, "Hoot");
});

Deno.test("sagemaker reads the failures that the platform tells of, with the kind that the head names", () => {
  const failed = { ErrorCode: "FROM_MODEL", Message: "too long", OriginalStatusCode: 422 };
  const headers = { "x-amzn-errortype": "ModelError:http://example.com/" };
  assert.deepEqual(readAnswer(sagemaker, [{ json: failed }], { status: 424, headers }).answer.error, {
    type: "ModelError",
    code: "FROM_MODEL",
    message: "too long",
  });
  const refused = readAnswer(sagemaker, [{ json: { message: "no such endpoint" } }], { status: 400 }).answer;
  assert.deepEqual(refused.error, { message: "no such endpoint" });
});
