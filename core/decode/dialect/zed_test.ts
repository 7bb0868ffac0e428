import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { zed } from "./zed.ts";

const PATH = "/completions";

function decode(provider_request: unknown, more: Record<string, unknown> = {}) {
  const json = { provider: "anthropic", model: "claude-sonnet-4-5", provider_request, ...more };
  return zed.decodeRequest(toRequestView({ path: PATH, json }));
}

Deno.test("zed is known by its header or host, not by OpenAI's old path", () => {
  const head = { method: "POST", path: PATH, query: "" };
  assert.equal(zed.matchHead({ ...head, headers: new Map() }), 0);
  assert.ok(zed.matchHead({ ...head, headers: new Map([["x-zed-version", "1"]]) }) > 0.9);
  assert.ok(zed.matchHead({ ...head, host: "cloud.zed.dev", headers: new Map() }) > 0.9);
});

Deno.test("zed's envelope holds the request of any of its vendors", () => {
  const anthropic = decode({
    model: "claude-sonnet-4-5",
    max_tokens: 8,
    system: "S",
    messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    tools: [{ name: "f", description: "d", input_schema: { type: "object" } }],
    stream: true,
  }, { thread_id: "th" });
  assert.deepEqual([
    anthropic?.model,
    anthropic?.systemPrompt,
    anthropic?.messages[0]?.content,
    anthropic?.tools[0]?.name,
  ], [
    "claude-sonnet-4-5",
    "S",
    "Hi",
    "f",
  ]);
  assert.deepEqual(anthropic?.sessionKeys, { conversation: "th" });
  const responses = decode({
    model: "gpt-5",
    instructions: "S",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }],
    stream: true,
  }, { provider: "open_ai", model: "gpt-5" });
  assert.deepEqual([responses?.model, responses?.messages[0]?.content], ["gpt-5", "Hi"]);
  const google = decode({ contents: [{ role: "user", parts: [{ text: "Hi" }] }], generationConfig: {} }, {
    provider: "google",
    model: "gemini-2.5-pro",
  });
  assert.deepEqual([google?.model, google?.messages[0]?.content], ["gemini-2.5-pro", "Hi"]);
  const xai = decode({
    model: "grok-4",
    messages: [{ role: "user", content: "Hi" }],
    stream: true,
    max_completion_tokens: 3,
  }, {
    provider: "x_ai",
    model: "grok-4",
  });
  assert.deepEqual([xai?.model, xai?.messages[0]?.content, xai?.parameters], ["grok-4", "Hi", { max_tokens: 3 }]);
  assert.equal(decode({ nothing: 1 }), undefined);
});

const EVENTS = [
  {
    type: "message_start",
    message: { id: "msg_1", model: "claude-sonnet-4-5", usage: { input_tokens: 3, output_tokens: 1 } },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
  { type: "message_stop" },
];

Deno.test("zed's events are read with and without their envelope", () => {
  const wrapped = [
    { json: { status: { queued: { position: 1 } } } },
    { json: { status: "started" } },
    ...EVENTS.map((event) => ({ json: { event } })),
    { json: { status: "stream_ended" } },
  ];
  const bare = EVENTS.map((event) => ({ json: event }));
  for (const messages of [wrapped, bare]) {
    const { answer, kinds } = readAnswer(zed, messages, { path: PATH });
    assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], ["Hello", "stop"]);
    assert.deepEqual([answer.usage?.inputTokens, answer.usage?.outputTokens, answer.requestId], [3, 2, "msg_1"]);
    assert.equal(kinds.at(-1), "end");
    assert.equal(kinds.filter((kind) => kind === "end").length, 1);
  }
});

Deno.test("zed's chat chunks and Gemini events are read, too", () => {
  const chunk = {
    id: "c",
    object: "chat.completion.chunk",
    model: "grok-4",
    choices: [{ index: 0, delta: { content: "Hi" } }],
  };
  assert.equal(readAnswer(zed, [{ json: { event: chunk } }], { path: PATH }).answer.choices[0]?.message.content, "Hi");
  const event = { candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] } }], modelVersion: "g" };
  assert.equal(readAnswer(zed, [{ json: { event } }], { path: PATH }).answer.choices[0]?.message.content, "Hi");
});

Deno.test("zed tells failures by state, and counts and predictions are documents", () => {
  const failed = { status: { failed: { code: "upstream_http_429", message: "m", request_id: "r", retry_after: 1 } } };
  assert.deepEqual(readAnswer(zed, [{ json: failed }], { path: PATH }).answer.error, {
    code: "upstream_http_429",
    message: "m",
  });
  const refused = readAnswer(zed, [{ json: { message: "no plan" } }], { path: PATH, status: 402 }).answer;
  assert.deepEqual(refused.error, { message: "no plan" });
  assert.deepEqual(readAnswer(zed, [{ json: { tokens: 7 } }], { path: "/count_tokens" }).answer.usage, {
    inputTokens: 7,
  });
  const path = "/predict_edits/v2";
  const request = zed.decodeRequest(toRequestView({ path, json: { input_events: "e", input_excerpt: "x" } }));
  assert.deepEqual([request?.requestType, request?.messages[0]?.content], ["completion", "x"]);
  const answer = readAnswer(zed, [{ json: { request_id: "r", output_excerpt: "y" } }], { path }).answer;
  assert.deepEqual([answer.requestId, answer.choices[0]?.message.content], ["r", "y"]);
});
