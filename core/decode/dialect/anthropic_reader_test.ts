import assert from "node:assert/strict";
import { anthropicMessages } from "./anthropic_messages.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

function start(more: object) {
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-x", content: [], ...more };
  return { json: { type: "message_start", message } };
}

Deno.test("an answer that is whole at its start has its blocks, its reason and its counts", () => {
  const content = [
    {
      type: "code_execution_tool_result",
      tool_use_id: "srv_1",
      content: { type: "code_execution_result", stdout: "7" },
    },
    { type: "tool_use", id: "toolu_1", name: "look", input: { at: 3 } },
  ];
  const { answer, kinds } = readAnswer(anthropicMessages, [
    start({ content, stop_reason: "tool_use", usage: { input_tokens: 2, output_tokens: 4 } }),
    { json: { type: "message_stop" } },
  ]);
  assert.deepEqual(kinds, ["token", "end"]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { name: "look", type: "function", id: "toolu_1", arguments: { at: 3 } },
  ]);
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
  assert.equal(answer.toolResults?.[0]?.callId, "srv_1");
  assert.equal(answer.usage?.outputTokens, 4);
});

Deno.test("the model that took over is the model of the answer", () => {
  const { answer } = readAnswer(anthropicMessages, [
    start({ usage: { input_tokens: 2, output_tokens: 0 } }),
    {
      json: {
        type: "content_block_start",
        index: 0,
        content_block: { type: "fallback", from: { model: "claude-x" }, to: { model: "claude-y" } },
      },
    },
    { json: { type: "content_block_stop", index: 0 } },
    { json: { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } } },
    { json: { type: "message_stop" } },
  ]);
  assert.equal(answer.model, "claude-y");
  assert.deepEqual(answer.choices[0]?.message, { role: "assistant" });
});

Deno.test("pictures inside a result are counted, and texts of search results are its text", () => {
  const content = [
    { type: "text", text: "one" },
    { type: "image", source: { type: "base64", data: "AA" } },
    { type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "two" }] },
  ];
  const messages = [{ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content }] }];
  const request = anthropicMessages.decodeRequest(toRequestView({ path: "/v1/messages", json: { messages } }));
  assert.deepEqual(request?.messages, [
    { role: "user", toolResults: [{ callId: "toolu_1", content: "one\ntwo" }], imageCount: 1 },
  ]);
});

Deno.test("anthropic_messages tells tokens of summaries and advisors apart from the model's own", () => {
  const step = (type: string, more = {}) => ({ type, input_tokens: 10, output_tokens: 4, ...more });
  const iterations = [step("message"), step("compaction"), step("advisor_message", { model: "big" }), step("other")];
  const { answer } = readAnswer(anthropicMessages, [{
    json: { type: "message", id: "m", content: [], usage: { input_tokens: 10, output_tokens: 4, iterations } },
  }]);
  const usage = { inputTokens: 10, outputTokens: 4, totalTokens: 14 };
  assert.deepEqual(answer.usage, { ...usage, besides: [{ usage }, { model: "big", usage }] });
});
