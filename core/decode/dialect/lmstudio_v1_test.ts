import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { lmstudioV1 } from "./lmstudio_v1.ts";

const RESULT = {
  model_instance_id: "qwen/qwen3",
  output: [
    { type: "reasoning", content: "hm" },
    {
      type: "tool_call",
      tool: "search",
      arguments: { q: 1 },
      output: "found",
      provider_info: { type: "ephemeral_mcp", server_label: "hub" },
    },
    { type: "message", content: "Here" },
  ],
  stats: { input_tokens: 5, total_output_tokens: 4, reasoning_output_tokens: 1 },
  response_id: "resp_1",
};

Deno.test("lmstudio_v1 reads input, prompt, servers and what it continues", () => {
  const request = lmstudioV1.decodeRequest(toRequestView({
    path: "/api/v1/chat",
    json: {
      model: "m",
      input: "hi",
      system_prompt: "S",
      stream: true,
      max_output_tokens: 9,
      reasoning: "low",
      previous_response_id: "resp_0",
      integrations: ["mcp/x", { type: "ephemeral_mcp", server_label: "hub" }],
    },
  }));
  assert.deepEqual([request?.model, request?.systemPrompt, request?.isStreaming], ["m", "S", true]);
  assert.deepEqual([request?.isDelta, request?.previousResponseId], [true, "resp_0"]);
  assert.deepEqual(request?.tools, [{ type: "ephemeral_mcp", server: "hub" }]);
  assert.deepEqual(request?.parameters, { max_tokens: 9, reasoning_effort: "low" });
});

Deno.test("lmstudio_v1 reads text, reasoning, calls the server ran, and counts", () => {
  for (const messages of [[{ json: RESULT }], [{ json: { type: "chat.end", result: RESULT } }]]) {
    const { answer } = readAnswer(lmstudioV1, messages);
    assert.deepEqual([answer.model, answer.requestId], ["qwen/qwen3", "resp_1"]);
    const message = answer.choices[0]?.message;
    assert.deepEqual([message?.content, message?.reasoning], ["Here", "hm"]);
    assert.deepEqual(message?.toolCalls, [
      { name: "search", type: "mcp", arguments: { q: 1 }, server: "hub", isServerSide: true },
    ]);
    assert.equal(answer.toolResults?.[0]?.content, "found");
    assert.deepEqual(answer.usage, { inputTokens: 5, outputTokens: 4, totalTokens: 9, reasoningTokens: 1 });
  }
});

Deno.test("lmstudio_v1 gives what the pieces of a cut stream brought, and errors", () => {
  const pieces = [
    { json: { type: "chat.start", model_instance_id: "m" } },
    { json: { type: "reasoning.delta", content: "h" } },
    { json: { type: "message.delta", content: "He" } },
  ];
  const cut = readAnswer(lmstudioV1, pieces, { isComplete: false });
  assert.deepEqual(cut.kinds, ["meta", "token", "token"]);
  assert.deepEqual(cut.answer.choices[0]?.message, { role: "assistant", reasoning: "h", content: "He" });
  assert.equal(cut.answer.model, "m");
  const error = { json: { type: "error", error: { type: "model_not_found", message: "none" } } };
  assert.deepEqual(readAnswer(lmstudioV1, [error]).answer.error, { type: "model_not_found", message: "none" });
});
