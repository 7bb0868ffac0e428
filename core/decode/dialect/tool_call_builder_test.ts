import assert from "node:assert/strict";
import { anthropicMessages } from "./anthropic_messages.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { cohereChat } from "./cohere_chat.ts";
import type { Dialect } from "./dialect.ts";
import { toRequestView } from "./dialect_testing.ts";
import { googleInteractions } from "./google_interactions.ts";
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
  return reader.finish(false).choices[0]?.message.toolCalls?.[0];
}

for (const { dialect, start, piece } of STREAMS) {
  Deno.test(`${dialect.id}: arguments are not put together from pieces that were no neighbours`, () => {
    const prefix = dialect === anthropicMessages
      ? [{ json: { type: "message_start", message: { id: "m", model: "m", content: [], usage: {} } } }]
      : [];
    const before = [...prefix, { json: start }, { json: piece('{"city":"Fl') }];
    const after = { json: piece('y"}') };
    assert.deepEqual(read(dialect, [...before, after])?.arguments, { city: "Fly" });
    const call = read(dialect, [...before, "gap", after]);
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
  assert.equal(read(bedrockConverse, messages)?.argumentsIncomplete, true);
});
