import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { anthropicMessages } from "./anthropic_messages.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const START = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-x",
    content: [],
    usage: { input_tokens: 10, cache_read_input_tokens: 4, cache_creation_input_tokens: 1, output_tokens: 1 },
  },
};

function delta(index: number, type: string, key: string, piece: string) {
  return { json: { type: "content_block_delta", index, delta: { type, [key]: piece } } };
}

function block(index: number, content_block: unknown) {
  return { json: { type: "content_block_start", index, content_block } };
}

Deno.test("a stream's text, thinking and tool input are joined; usage counts cached tokens as input", () => {
  const { answer, kinds } = readAnswer(anthropicMessages, [
    { json: START },
    block(0, { type: "thinking", thinking: "" }),
    delta(0, "thinking_delta", "thinking", "hm"),
    delta(0, "thinking_delta", "thinking", "m"),
    block(1, { type: "text", text: "" }),
    delta(1, "text_delta", "text", "Hel"),
    delta(1, "text_delta", "text", "lo"),
    block(2, { type: "tool_use", id: "t1", name: "f", input: {} }),
    delta(2, "input_json_delta", "partial_json", '{"x":'),
    delta(2, "input_json_delta", "partial_json", "1}"),
    block(3, { type: "tool_use", id: "t2", name: "g", input: {} }),
    {
      json: {
        type: "message_delta",
        delta: { stop_reason: "tool_use" },
        usage: { output_tokens: 20, output_tokens_details: { thinking_tokens: 6 } },
      },
    },
    { json: { type: "message_stop" } },
  ]);
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: {
      role: "assistant",
      reasoning: "hmm",
      content: "Hello",
      toolCalls: [{ name: "f", type: "function", id: "t1", arguments: { x: 1 } }, {
        name: "g",
        type: "function",
        id: "t2",
        arguments: {},
      }],
    },
    rawFinishReason: "tool_use",
    finishReason: "tool_calls",
  }]);
  assert.deepEqual(answer.usage, {
    inputTokens: 15,
    cachedTokens: 4,
    cacheWriteTokens: 1,
    outputTokens: 20,
    reasoningTokens: 6,
    totalTokens: 35,
  });
  assert.equal(kinds.at(-1), "end");
  assert.equal(kinds.filter((kind) => kind === "token").length, 8);
});

Deno.test("a cut stream states neither output tokens nor finish reason, and marks open arguments", () => {
  const request = anthropicMessages.decodeRequest(toRequestView({ path: "/v1/messages", json: { messages: [] } }));
  assert.ok(request !== undefined);
  const { answer } = readAnswer(anthropicMessages, [
    { json: START },
    block(0, { type: "tool_use", id: "t", name: "f", input: {} }),
    delta(0, "input_json_delta", "partial_json", '{"x"'),
  ], { isComplete: false, request });
  assert.deepEqual(answer.usage, { inputTokens: 15, cachedTokens: 4, cacheWriteTokens: 1 });
  assert.equal(answer.choices[0]?.finishReason, undefined);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    name: "f",
    type: "function",
    id: "t",
    argumentsIncomplete: true,
    argumentsLength: 4,
  }]);
});

Deno.test("a tool the vendor ran comes with its result", () => {
  const { answer } = readAnswer(anthropicMessages, [{
    json: {
      type: "message",
      role: "assistant",
      stop_reason: "end_turn",
      content: [
        { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } },
        {
          type: "web_search_tool_result",
          tool_use_id: "s1",
          content: { type: "web_search_tool_result_error", error_code: "unavailable" },
        },
        { type: "text", text: "No" },
      ],
    },
  }]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    name: "web_search",
    type: "server",
    id: "s1",
    arguments: { query: "q" },
    isServerSide: true,
  }]);
  assert.deepEqual(
    answer.toolResults?.map(({ callId, isError, isServerSide }) => ({ callId, isError, isServerSide })),
    [{ callId: "s1", isError: true, isServerSide: true }],
  );
});

Deno.test("cited passages go on in the running text, whole or streamed; other blocks stand on their own lines", () => {
  const texts: [string, unknown][] = [["It says ", null], ["fun", []], [".", null], ["Next", null]];
  const content = texts.map(([text, citations]) => ({ type: "text", text, citations }));
  const whole = readAnswer(anthropicMessages, [{ json: { type: "message", role: "assistant", content } }]).answer;
  const streamed = readAnswer(anthropicMessages, [
    { json: START },
    ...texts.flatMap(([text, citations], index) => [
      block(index, { type: "text", text: "", citations }),
      delta(index, "text_delta", "text", text),
    ]),
  ]).answer;
  assert.equal(whole.choices[0]?.message.content, "It says fun.\nNext");
  assert.equal(streamed.choices[0]?.message.content, "It says fun.\nNext");
});

Deno.test("errors are read from a body and from the middle of a stream", () => {
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" };
  assert.deepEqual(readAnswer(anthropicMessages, [{ json: error }], { status: 529 }).answer, {
    choices: [],
    requestId: "req_1",
    error: { type: "overloaded_error", message: "Overloaded" },
  });
  assert.equal(readAnswer(anthropicMessages, [{ json: START }, { json: error }]).answer.error?.message, "Overloaded");
});

Deno.test("no message makes the reader throw", () => {
  const random = new Random(3);
  const values = [null, 1, "x", [], {}, { type: "text" }, { type: "tool_use", name: "f" }, {
    type: "text_delta",
    text: "x",
  }, { output_tokens: -1 }];
  const types = [
    "message",
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "error",
    "x",
  ];
  for (let i = 0; i < 2_000; i++) {
    const messages = Array.from(
      { length: 6 },
      () => ({
        json: {
          type: random.pick(types),
          index: random.below(2),
          message: random.pick(values),
          content_block: random.pick(values),
          delta: random.pick(values),
          usage: random.pick(values),
          content: random.pick(values),
          error: random.pick(values),
        },
      }),
    );
    readAnswer(anthropicMessages, messages, { isComplete: random.once(2) });
    anthropicMessages.decodeRequest(
      toRequestView({
        path: "/v1/messages",
        json: {
          messages: [random.pick(values), { content: [random.pick(values)] }],
          system: random.pick(values),
          tools: [random.pick(values)],
          tool_choice: random.pick(values),
          metadata: random.pick(values),
        },
      }),
    );
  }
});
