import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { googleInteractions } from "./google_interactions.ts";

Deno.test("google_interactions reads bare text, parts and turns", () => {
  const decode = (input: unknown) =>
    googleInteractions.decodeRequest(toRequestView({ path: "/v1beta/interactions", json: { model: "g", input } }))
      ?.messages;
  assert.deepEqual(decode("hi"), [{ role: "user", content: "hi" }]);
  assert.deepEqual(decode([{ type: "text", text: "a" }, { type: "image" }]), [{
    role: "user",
    content: "a",
    imageCount: 1,
  }]);
  assert.deepEqual(
    decode([{ role: "user", content: "a" }, { role: "model", content: [{ type: "text", text: "b" }] }]),
    [
      { role: "user", content: "a" },
      { role: "model", content: "b" },
    ],
  );
  assert.deepEqual(decode({ type: "function_result", call_id: "c", name: "f", result: { x: 1 } }), [
    { role: "user", toolResults: [{ callId: "c", name: "f", content: '{"x":1}' }] },
  ]);
});

Deno.test("google_interactions reads a document and a stream with a tool call", () => {
  const whole = readAnswer(googleInteractions, [{
    json: {
      id: "v1_a",
      object: "interaction",
      status: "completed",
      steps: [{ type: "model_output", content: [{ type: "text", text: "Hi" }] }],
      usage: { total_input_tokens: 3, total_output_tokens: 4, total_thought_tokens: 2, total_tokens: 9 },
    },
  }]).answer;
  assert.equal(whole.choices[0]?.message.content, "Hi");
  assert.deepEqual(whole.usage, { inputTokens: 3, outputTokens: 6, totalTokens: 9, reasoningTokens: 2 });
  const { kinds, answer } = readAnswer(googleInteractions, [
    { json: { event_type: "interaction.created", interaction: { id: "v1_b", status: "in_progress" } } },
    { json: { event_type: "step.start", index: 0, step: { type: "function_call", id: "c", name: "f" } } },
    { json: { event_type: "step.delta", index: 0, delta: { type: "arguments_delta", partial_arguments: '{"a":1}' } } },
    { json: { event_type: "step.stop", index: 0 } },
    { json: { event_type: "interaction.completed", interaction: { id: "v1_b", status: "requires_action" } } },
  ]);
  assert.deepEqual(kinds, ["meta", "meta", "token", "meta", "end"]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    id: "c",
    name: "f",
    type: "function",
    arguments: { a: 1 },
  }]);
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
});

Deno.test("google_interactions leaves the finish reason of a cut stream absent", () => {
  const { answer } = readAnswer(googleInteractions, [
    { json: { event_type: "interaction.created", interaction: { id: "v", status: "in_progress" } } },
    { json: { event_type: "content.delta", index: 0, delta: { type: "text", text: "Hi" } } },
  ], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "Hi");
  assert.equal(answer.choices[0]?.finishReason, undefined);
});

const SEARCH = { type: "google_search_call", id: "s1", arguments: { queries: ["q"] } };
const FOUND = { type: "google_search_result", call_id: "s1", result: [{ title: "t" }] };
const SEARCHED = [{
  name: "google_search",
  type: "server",
  id: "s1",
  arguments: { queries: ["q"] },
  isServerSide: true,
}];
const RESULT = [{ callId: "s1", name: "google_search", content: '[{"title":"t"}]', isServerSide: true }];

Deno.test("google_interactions gives what the vendor searched as call and result, whole and streamed", () => {
  const said = { type: "model_output", content: [{ type: "text", text: "Hi" }] };
  const end = { id: "v1", status: "completed", service_tier: "flex" };
  const whole = readAnswer(googleInteractions, [{ json: { ...end, steps: [SEARCH, FOUND, said] } }]).answer;
  const streamed = readAnswer(googleInteractions, [
    { json: { event_type: "step.start", index: 0, step: { type: "google_search_call", id: "s1", signature: "" } } },
    {
      json: { event_type: "step.delta", index: 0, delta: { type: "google_search_call", arguments: SEARCH.arguments } },
    },
    { json: { event_type: "step.stop", index: 0 } },
    { json: { event_type: "step.start", index: 1, step: { type: "google_search_result", call_id: "s1" } } },
    { json: { event_type: "step.delta", index: 1, delta: { type: "google_search_result", result: FOUND.result } } },
    { json: { event_type: "step.stop", index: 1 } },
    { json: { event_type: "step.delta", index: 2, delta: { type: "text", text: "Hi" } } },
    { json: { event_type: "interaction.completed", interaction: end } },
  ]).answer;
  for (const answer of [whole, streamed]) {
    assert.deepEqual(answer.choices[0]?.message, { role: "model", content: "Hi", toolCalls: SEARCHED });
    assert.deepEqual(answer.toolResults, RESULT);
    assert.equal(answer.choices[0]?.finishReason, "stop");
    assert.equal(answer.serviceTier, "flex");
  }
});

Deno.test("google_interactions counts tokens by what they stand for, and pictures that were made", () => {
  const usage = {
    total_input_tokens: 9,
    total_output_tokens: 4,
    total_tokens: 13,
    input_tokens_by_modality: [{ modality: "audio", tokens: 5 }, { modality: "text", tokens: 4 }],
    output_tokens_by_modality: [{ modality: "image", tokens: 4 }],
  };
  const { answer } = readAnswer(googleInteractions, [
    { json: { event_type: "step.delta", index: 0, delta: { type: "image", data: "AA", mime_type: "image/png" } } },
    { json: { event_type: "interaction.completed", interaction: { id: "v1", status: "completed", usage } } },
  ]);
  assert.equal(answer.choices[0]?.message.imageCount, 1);
  assert.deepEqual(answer.usage, {
    inputTokens: 9,
    outputTokens: 4,
    totalTokens: 13,
    inputAudioTokens: 5,
    outputImageTokens: 4,
  });
});

Deno.test("google_interactions reads a conversation of steps as messages", () => {
  const input = [
    { type: "user_input", content: [{ type: "text", text: "Rain?" }] },
    { type: "function_call", id: "c1", name: "rain", arguments: { at: 1 } },
    { type: "function_result", call_id: "c1", name: "rain", result: "no" },
    { type: "model_output", content: [{ type: "text", text: "No" }] },
  ];
  const request = googleInteractions.decodeRequest(toRequestView({ path: "/v1beta/interactions", json: { input } }));
  assert.deepEqual(request?.messages.map(({ role }) => role), ["user", "model", "user", "model"]);
  assert.equal(request?.messageCount, 4);
  assert.equal(request?.messages[2]?.toolResults?.[0]?.content, "no");
});

Deno.test("google_interactions: a thought that is only signed has no text", () => {
  const steps = [{ type: "thought", signature: "c2ln" }, {
    type: "model_output",
    content: [{ type: "text", text: "Hi" }],
  }];
  const { answer } = readAnswer(googleInteractions, [{ json: { id: "v1_a", status: "completed", steps } }]);
  assert.deepEqual(answer.choices[0]?.message, { role: "model", content: "Hi" });
});

Deno.test("google_interactions: work in the background is fetched by its id", () => {
  const options = { path: "/v1beta/interactions", host: "h.example" };
  const begun = { id: "v1_a", status: "in_progress", object: "interaction", agent: "digger" };
  const accepted = readAnswer(googleInteractions, [{ json: begun }], options).answer;
  assert.deepEqual(accepted, {
    requestId: "v1_a",
    isAccepted: true,
    pending: { addresses: ["h.example/v1beta/interactions/v1_a"] },
    choices: [],
  });
  const poll = { path: "/v1beta/interactions/v1_a", host: "h.example", method: "GET", earlier: accepted };
  assert.deepEqual(readAnswer(googleInteractions, [{ json: begun }], poll).answer.pending, { addresses: [] });
  const steps = [{ type: "model_output", content: [{ type: "text", text: "Found" }] }];
  const { answer } = readAnswer(googleInteractions, [{ json: { ...begun, status: "completed", steps } }], poll);
  assert.deepEqual([answer.pending, answer.choices[0]?.message.content], [undefined, "Found"]);
});
