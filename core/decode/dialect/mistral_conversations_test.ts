import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { mistralConversations } from "./mistral_conversations.ts";

const decode = (path: string, json: unknown) => mistralConversations.decodeRequest(toRequestView({ path, json }));

Deno.test("mistral_conversations is known by its path on listed hosts, and elsewhere by its body", () => {
  const view = toRequestView({ path: "/v1/conversations/conv_1/restart" });
  assert.equal(mistralConversations.matchHead(view), 0.3);
  assert.equal(mistralConversations.matchBody({ inputs: "Hi" }, view), 0.7);
  assert.equal(mistralConversations.matchBody({ items: [] }, view), 0);
  assert.equal(mistralConversations.matchHead(toRequestView({ path: "/v1/conversations/conv_1/items/x" })), 0);
});

Deno.test("mistral_conversations reads a first turn, and a later one as a delta with results", () => {
  const first = decode("/v1/conversations", {
    model: "mistral-medium",
    inputs: "Count owls",
    instructions: "Be brief",
    tools: [{ type: "web_search" }, { type: "function", function: { name: "count" } }],
    completion_args: { temperature: 0.2, random_seed: 7, tool_choice: "auto" },
    stream: true,
  });
  assert.deepEqual([first?.model, first?.systemPrompt, first?.isStreaming, first?.isDelta, first?.toolChoice], [
    "mistral-medium",
    "Be brief",
    true,
    undefined,
    "auto",
  ]);
  assert.deepEqual(first?.messages, [{ role: "user", content: "Count owls" }]);
  assert.deepEqual(first?.tools, [{ type: "web_search" }, { type: "function", name: "count" }]);
  assert.deepEqual(first?.parameters, { temperature: 0.2, seed: 7 });
  const next = decode("/v1/conversations/conv_1", {
    inputs: [
      { type: "function.call", tool_call_id: "c1", name: "count", arguments: '{"kind":"owl"}' },
      { type: "function.result", tool_call_id: "c1", result: "3" },
      { type: "message.input", role: "user", content: [{ type: "text", text: "Sure?" }] },
      { type: "agent.handoff" },
    ],
  });
  assert.deepEqual([next?.isDelta, next?.sessionKeys, next?.messageCount], [true, { conversation: "conv_1" }, 3]);
  assert.deepEqual(next?.messages.map(({ role, content }) => [role, content]), [
    ["assistant", undefined],
    ["tool", "3"],
    ["user", "Sure?"],
  ]);
  assert.deepEqual(next?.messages[0]?.toolCalls?.[0]?.arguments, { kind: "owl" });
  assert.deepEqual(next?.messages[1]?.toolResults, [{ callId: "c1", content: "3" }]);
});

Deno.test("mistral_conversations reads whole answers: texts around references, own tools, functions", () => {
  const { answer } = readAnswer(mistralConversations, [{
    json: {
      object: "conversation.response",
      conversation_id: "conv_1",
      outputs: [
        { type: "tool.execution", id: "t1", name: "code_interpreter", arguments: "{}", info: { code_output: "3" } },
        {
          type: "message.output",
          model: "mistral-medium-2505",
          content: [
            { type: "thinking", thinking: [{ type: "text", text: "Hm" }] },
            { type: "text", text: "Three owls" },
            { type: "tool_reference", tool: "web_search", title: "Owls" },
            { type: "text", text: ", it says." },
          ],
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 4,
        total_tokens: 20,
        connector_tokens: 7,
        connectors: { web_search: 2 },
      },
    },
  }]);
  assert.deepEqual([answer.model, answer.choices[0]?.finishReason], ["mistral-medium-2505", undefined]);
  assert.deepEqual(answer.choices[0]?.message, {
    role: "assistant",
    content: "Three owls, it says.",
    reasoning: "Hm",
    toolCalls: [{ name: "code_interpreter", type: "server", id: "t1", arguments: {}, isServerSide: true }],
  });
  assert.deepEqual(answer.toolResults, [
    { callId: "t1", name: "code_interpreter", content: '{"code_output":"3"}', isServerSide: true },
  ]);
  assert.deepEqual([answer.usage?.inputTokens, answer.usage?.outputTokens, answer.usage?.totalTokens], [9, 4, 20]);
  assert.deepEqual([answer.usage?.besides, answer.usage?.webSearches], [[{ usage: { inputTokens: 7 } }], 2]);
  const waiting = readAnswer(mistralConversations, [{
    json: { outputs: [{ type: "function.call", tool_call_id: "c1", name: "count", arguments: { a: 1 } }] },
  }]).answer.choices[0];
  assert.equal(waiting?.finishReason, "tool_calls");
  assert.deepEqual(waiting?.message.toolCalls, [{ name: "count", type: "function", id: "c1", arguments: { a: 1 } }]);
});

Deno.test("mistral_conversations joins a stream by entry; cut, it has no reason and its calls are not whole", () => {
  const events = [
    { type: "conversation.response.started", conversation_id: "conv_2" },
    { type: "message.output.delta", id: "m1", content: "Let me", model: "mistral-small" },
    { type: "message.output.delta", id: "m1", content: { type: "text", text: " see" } },
    { type: "function.call.delta", id: "f1", tool_call_id: "c1", name: "count", arguments: '{"a":' },
    { type: "function.call.delta", id: "f1", tool_call_id: "c1", name: "count", arguments: "1}" },
    { type: "conversation.response.done", usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 } },
  ].map((json) => ({ json }));
  const { answer, kinds } = readAnswer(mistralConversations, events);
  assert.deepEqual(kinds, ["meta", "token", "token", "token", "token", "end"]);
  assert.deepEqual([answer.model, answer.choices[0]?.finishReason], ["mistral-small", "tool_calls"]);
  assert.equal(answer.choices[0]?.message.content, "Let me see");
  assert.deepEqual(answer.choices[0]?.message.toolCalls?.[0]?.arguments, { a: 1 });
  assert.equal(answer.usage?.totalTokens, 5);
  const cut = readAnswer(mistralConversations, events.slice(0, 4), { isComplete: false }).answer;
  assert.deepEqual([cut.choices[0]?.finishReason, cut.usage], [undefined, undefined]);
  assert.equal(cut.choices[0]?.message.toolCalls?.[0]?.argumentsIncomplete, true);
});

Deno.test("mistral_conversations reads errors of a status and of a stream", () => {
  const refused = readAnswer(mistralConversations, [{ json: { detail: "No such agent" } }], { status: 404 }).answer;
  assert.deepEqual([refused.error, refused.choices], [{ message: "No such agent" }, []]);
  const broken = readAnswer(mistralConversations, [
    { json: { type: "conversation.response.error", code: 3500, message: "Overloaded" } },
  ]).answer;
  assert.deepEqual(broken.error, { code: "3500", message: "Overloaded" });
});
