import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { jetbrains } from "./jetbrains.ts";

const PATH = "/user/v5/llm/chat/stream/v8";
const data = (json: Record<string, unknown>) => ({ json: { event_type: "data", ...json } });

Deno.test("jetbrains reads messages by type, tools inside a text, and settings in pairs", () => {
  const tools = JSON.stringify([{ name: "f", description: "d", parameters: { schema: {} } }]);
  const request = jetbrains.decodeRequest(toRequestView({
    path: PATH,
    json: {
      prompt: "my-feature",
      profile: "openai-gpt-4o",
      chat: {
        messages: [
          { type: "system_message", content: "S" },
          { type: "user_message", content: "Hi" },
          { type: "assistant_message_tool", id: "t", toolName: "f", content: '{"a":1}' },
          { type: "tool_message", id: "t", toolName: "f", result: "42" },
        ],
      },
      parameters: {
        data: [
          { type: "double", fqdn: "llm.parameters.temperature" },
          { type: "double", value: 0.5, modified: 0 },
          { type: "json", fqdn: "llm.parameters.tools" },
          { type: "json", value: tools, modified: 0 },
          { type: "bool", fqdn: "llm.parameters.tool-choice-auto" },
          { type: "bool", value: true, modified: 0 },
        ],
      },
    },
  }));
  assert.deepEqual([request?.model, request?.systemPrompt, request?.messageCount, request?.isStreaming], [
    "openai-gpt-4o",
    "S",
    3,
    true,
  ]);
  assert.deepEqual(request?.messages.slice(2), [
    { role: "assistant", toolCalls: [{ id: "t", name: "f", type: "function", arguments: { a: 1 } }] },
    { role: "tool", toolResults: [{ callId: "t", name: "f", content: "42" }] },
  ]);
  assert.deepEqual([request?.tools, request?.toolChoice, request?.parameters], [
    [{ name: "f", type: "function", description: "d" }],
    "auto",
    { temperature: 0.5 },
  ]);
});

Deno.test("jetbrains reads completions, tasks and inputs of embeddings", () => {
  const complete = jetbrains.decodeRequest(
    toRequestView({ path: "/service/v5/llm/complete/stream/v8", json: { profile: "p", prefix: "a", suffix: "b" } }),
  );
  assert.deepEqual([complete?.requestType, complete?.messages], ["completion", [{ role: "user", content: "a" }]]);
  const task = jetbrains.decodeRequest(
    toRequestView({ path: "/user/v5/task/stream/v4/summarize:1", json: { parameters: {} } }),
  );
  assert.deepEqual([task?.requestType, task?.messages, task?.model], ["chat", [], undefined]);
  const embed = jetbrains.decodeRequest(
    toRequestView({ path: "/user/v5/llm/embedding/v2", json: { profile: "p", texts: ["a"] } }),
  );
  assert.deepEqual([embed?.requestType, embed?.inputCount], ["embedding", 1]);
  assert.equal(jetbrains.decodeRequest(toRequestView({ path: PATH })), undefined);
});

Deno.test("jetbrains joins texts and parallel calls by choice", () => {
  const { answer, kinds } = readAnswer(jetbrains, [
    data({ type: "Content", content: "Hel", choiceIndex: 0 }),
    data({ type: "Content", content: "lo", choiceIndex: 0 }),
    data({ type: "ToolCall", choiceIndex: 0, parallelToolIndex: 0, id: "t", name: "f", content: "" }),
    data({ type: "ToolCall", choiceIndex: 0, parallelToolIndex: 1, id: "u", name: "g", content: "{}" }),
    data({ type: "ToolCall", choiceIndex: 0, parallelToolIndex: 0, content: '{"a":1}' }),
    data({ type: "FinishMetadata", reason: "tool_call", choiceIndex: 0 }),
    data({ type: "QuotaMetadata", spent: { amount: "1.5" } }),
    { text: "end" },
  ], { path: PATH });
  assert.equal(kinds.at(-1), "end");
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: {
      role: "assistant",
      content: "Hello",
      toolCalls: [
        { id: "t", name: "f", type: "function", arguments: { a: 1 } },
        { id: "u", name: "g", type: "function", arguments: {} },
      ],
    },
    finishReason: "tool_calls",
    rawFinishReason: "tool_call",
  }]);
});

Deno.test("jetbrains cut before its end has no reason; errors are events or a status", () => {
  const cut =
    readAnswer(jetbrains, [data({ type: "Content", content: "Hel" })], { path: PATH, isComplete: false }).answer;
  assert.deepEqual([cut.choices[0]?.message.content, cut.choices[0]?.finishReason], ["Hel", undefined]);
  const event =
    readAnswer(jetbrains, [{ json: { event_type: "error", error_message: "no quota" } }], { path: PATH }).answer;
  assert.deepEqual(event, { choices: [], error: { message: "no quota" } });
  const status = readAnswer(jetbrains, [{ json: { message: "m" } }], { path: PATH, status: 477 }).answer;
  assert.deepEqual(status.error, { message: "m" });
});
