import assert from "node:assert/strict";
import { anthropicMessages } from "./anthropic_messages.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { cohereChat } from "./cohere_chat.ts";
import type { Dialect } from "./dialect.ts";
import { toRequestView } from "./dialect_testing.ts";
import { gemini } from "./gemini.ts";
import { googleInteractions } from "./google_interactions.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiResponses } from "./openai_responses.ts";

/** How each format streams one call `f` with two pieces of arguments, and what ends it. */
const STREAMS: readonly { dialect: Dialect; start: unknown; piece: (text: string) => unknown; name?: string }[] = [
  {
    dialect: openaiChat,
    start: toChatChunk({ id: "c", function: { name: "f", arguments: "" } }),
    piece: (text) => toChatChunk({ function: { arguments: text } }),
  },
  {
    dialect: anthropicMessages,
    start: {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "c", name: "f", input: {} },
    },
    piece: (text) => toBlockDelta({ type: "input_json_delta", partial_json: text }),
  },
  {
    dialect: openaiResponses,
    start: {
      type: "response.output_item.added",
      output_index: 0,
      item: { type: "function_call", call_id: "c", name: "f", arguments: "" },
    },
    piece: (delta) => ({ type: "response.function_call_arguments.delta", output_index: 0, delta }),
  },
  {
    dialect: cohereChat,
    start: toCohereCall("tool-call-start", { id: "c", type: "function", function: { name: "f", arguments: "" } }),
    piece: (text) => toCohereCall("tool-call-delta", { function: { arguments: text } }),
  },
  {
    dialect: googleInteractions,
    start: { event_type: "step.start", index: 0, step: { type: "function_call", id: "c", name: "f" } },
    piece: (text) => ({ event_type: "step.delta", index: 0, delta: { type: "arguments_delta", arguments: text } }),
  },
];

function toChatChunk(call: Record<string, unknown>) {
  return { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] } }] };
}

function toBlockDelta(delta: unknown) {
  return { type: "content_block_delta", index: 0, delta };
}

function toCohereCall(type: string, call: unknown) {
  return { type, index: 0, delta: { message: { tool_calls: call } } };
}

function read(dialect: Dialect, messages: readonly ({ name?: string; json: unknown } | "gap")[]) {
  const reader = dialect.createReader({
    request: undefined,
    head: toRequestView({ path: "/" }),
    response: { status: 200, headers: new Map(), contentType: "text/event-stream" },
    quirks: [],
    wantsDelta: false,
  });
  for (const message of messages) {
    if (message === "gap") reader.gap?.();
    else reader.message({ ...(message.name && { name: message.name }), text: JSON.stringify(message.json) });
  }
  return reader.finish(false).choices[0];
}

function readCall(dialect: Dialect, messages: Parameters<typeof read>[1]) {
  return read(dialect, messages)?.message.toolCalls?.[0];
}

for (const { dialect, start, piece } of STREAMS) {
  Deno.test(`${dialect.id}: arguments are not put together from pieces that were no neighbours`, () => {
    const prefix = dialect === anthropicMessages
      ? [{ json: { type: "message_start", message: { id: "m", model: "m", content: [], usage: {} } } }]
      : [];
    const before = [...prefix, { json: start }, { json: piece('{"city":"Fl') }];
    const after = { json: piece('y"}') };
    assert.deepEqual(readCall(dialect, [...before, after])?.arguments, { city: "Fly" });
    const call = readCall(dialect, [...before, "gap", after]);
    assert.deepEqual([call?.name, call?.arguments, call?.argumentsIncomplete], ["f", undefined, true]);
  });
}

Deno.test("bedrock_converse: arguments are not put together from pieces that were no neighbours", () => {
  const messages = [
    { name: "messageStart", json: { role: "assistant" } },
    {
      name: "contentBlockStart",
      json: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "c", name: "f" } } },
    },
    { name: "contentBlockDelta", json: { contentBlockIndex: 0, delta: { toolUse: { input: '{"a":1' } } } },
    "gap",
    { name: "contentBlockDelta", json: { contentBlockIndex: 0, delta: { toolUse: { input: "2}" } } } },
    { name: "contentBlockStop", json: { contentBlockIndex: 0 } },
  ] as const;
  assert.equal(readCall(bedrockConverse, messages)?.argumentsIncomplete, true);
});

Deno.test("a reason that calls decide is not known when a call may be lost", () => {
  const text = { candidates: [{ index: 0, content: { parts: [{ text: "a" }] } }] };
  const end = { candidates: [{ index: 0, content: { parts: [] }, finishReason: "STOP" }] };
  const call = { candidates: [{ index: 0, content: { parts: [{ functionCall: { name: "f", args: {} } }] } }] };
  const reason = (...parts: unknown[]) =>
    read(gemini, [...parts, end].map((json) => json === "gap" ? json : { json }))?.finishReason;
  assert.deepEqual([reason(text), reason(text, "gap")], ["stop", undefined]);
  assert.equal(reason("gap", call), "tool_calls");
  const piece = { model: "m", message: { role: "assistant", content: "a" }, done: false };
  const last = { model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop" };
  assert.equal(read(ollama, [{ json: piece }, "gap", { json: last }])?.finishReason, undefined);
  assert.equal(read(ollama, [{ json: piece }, { json: last }])?.finishReason, "stop");
});
