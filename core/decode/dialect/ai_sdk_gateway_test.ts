import assert from "node:assert/strict";
import { aiSdkGateway } from "./ai_sdk_gateway.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/v3/ai/language-model";

Deno.test("ai_sdk_gateway takes the model from the headers and messages, calls and results from the prompt", () => {
  const request = aiSdkGateway.decodeRequest(toRequestView({
    path: PATH,
    headers: { "ai-language-model-id": "openai/gpt-5", "ai-language-model-streaming": "true" },
    json: {
      prompt: [
        { role: "system", content: "S" },
        {
          role: "user",
          content: [{ type: "text", text: "hi" }, {
            type: "file",
            mediaType: "image/png",
            data: "data:image/png;base64,AA",
          }],
        },
        {
          role: "assistant",
          content: [{ type: "reasoning", text: "hm" }, {
            type: "tool-call",
            toolCallId: "c1",
            toolName: "f",
            input: { a: 1 },
          }],
        },
        {
          role: "tool",
          content: [{
            type: "tool-result",
            toolCallId: "c1",
            toolName: "f",
            output: { type: "json", value: { b: 2 } },
          }],
        },
      ],
      maxOutputTokens: 9,
      tools: [{ type: "function", name: "f", inputSchema: {} }, {
        type: "provider",
        id: "openai.web_search",
        name: "w",
      }],
      toolChoice: { type: "auto" },
    },
  }));
  assert.equal(request?.model, "openai/gpt-5");
  assert.deepEqual([request?.isStreaming, request?.messageCount, request?.systemPrompt], [true, 3, "S"]);
  assert.deepEqual(request?.messages[1], { role: "user", content: "hi", imageCount: 1 });
  assert.deepEqual(request?.messages[2]?.toolCalls, [{ id: "c1", name: "f", type: "function", arguments: { a: 1 } }]);
  assert.deepEqual(request?.messages[3]?.toolResults, [{ callId: "c1", name: "f", content: '{"b":2}' }]);
  assert.deepEqual(request?.tools.map(({ type }) => type), ["function", "openai.web_search"]);
  assert.deepEqual([request?.toolChoice, request?.parameters], ["auto", { max_tokens: 9 }]);
});

Deno.test("ai_sdk_gateway reads a whole result of either version of the interface", () => {
  const content = [{ type: "text", text: "Hi" }, {
    type: "tool-call",
    toolCallId: "c",
    toolName: "f",
    input: '{"a":1}',
  }];
  const third = {
    content,
    finishReason: { unified: "tool-calls", raw: "tool_use" },
    usage: { inputTokens: { total: 5, cacheRead: 2 }, outputTokens: { total: 3, reasoning: 1 } },
    response: { id: "r", modelId: "m-1" },
  };
  const second = {
    content,
    finishReason: "tool-calls",
    usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8, cachedInputTokens: 2, reasoningTokens: 1 },
    response: { id: "r", modelId: "m-1" },
  };
  for (const json of [second, third]) {
    const { answer } = readAnswer(aiSdkGateway, [{ json }]);
    assert.equal(answer.choices[0]?.message.content, "Hi");
    assert.deepEqual(answer.choices[0]?.message.toolCalls?.[0]?.arguments, { a: 1 });
    assert.equal(answer.choices[0]?.finishReason, "tool_calls");
    assert.deepEqual([answer.requestId, answer.model], ["r", "m-1"]);
    assert.deepEqual(answer.usage, {
      inputTokens: 5,
      outputTokens: 3,
      totalTokens: 8,
      cachedTokens: 2,
      reasoningTokens: 1,
    });
  }
});

Deno.test("ai_sdk_gateway joins the parts of a stream; a cut one has no finish reason", () => {
  const parts = [
    { type: "stream-start", warnings: [] },
    { type: "response-metadata", id: "r", modelId: "m" },
    { type: "reasoning-delta", id: "0", delta: "hm" },
    { type: "text-delta", id: "1", delta: "Hel" },
    { type: "text-delta", id: "1", delta: "lo" },
    { type: "tool-call", toolCallId: "c", toolName: "s", input: "{}", providerExecuted: true },
    { type: "tool-result", toolCallId: "c", toolName: "s", result: { x: 1 } },
    { type: "finish", finishReason: "stop", usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } },
  ].map((json) => ({ json }));
  const { answer, kinds } = readAnswer(aiSdkGateway, parts);
  assert.deepEqual(kinds, ["meta", "meta", "token", "token", "token", "token", "token", "meta"]);
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.message.reasoning], ["Hello", "hm"]);
  assert.deepEqual([answer.choices[0]?.finishReason, answer.usage?.totalTokens], ["stop", 3]);
  assert.equal(answer.choices[0]?.message.toolCalls?.[0]?.isServerSide, true);
  assert.equal(answer.toolResults?.[0]?.content, '{"x":1}');
  const cut = readAnswer(aiSdkGateway, parts.slice(0, 4), { isComplete: false }).answer;
  assert.deepEqual([cut.choices[0]?.message.content, cut.choices[0]?.finishReason], ["Hel", undefined]);
});

Deno.test("ai_sdk_gateway reads embeddings, pictures and errors", () => {
  const path = "/v3/ai/embedding-model";
  const headers = { "ai-model-id": "openai/text-embedding-3-small" };
  const request = aiSdkGateway.decodeRequest(toRequestView({ path, headers, json: { values: ["a", "b"] } }));
  assert.deepEqual([request?.requestType, request?.inputCount, request?.model], [
    "embedding",
    2,
    headers["ai-model-id"],
  ]);
  const vectors = readAnswer(aiSdkGateway, [{ json: { embeddings: [[1, 2]], usage: { tokens: 4 } } }], { path }).answer;
  assert.deepEqual([vectors.embedding, vectors.usage], [{ count: 1, dimensions: 2 }, { inputTokens: 4 }]);
  const error = { json: { error: { type: "rate_limit_exceeded", message: "slow" } } };
  assert.deepEqual(readAnswer(aiSdkGateway, [error], { status: 429 }).answer.error, {
    type: "rate_limit_exceeded",
    message: "slow",
  });
  const streamed = readAnswer(aiSdkGateway, [{ json: { type: "error", error: { message: "broke" } } }]).answer;
  assert.deepEqual([streamed.error, streamed.choices], [{ message: "broke" }, []]);
  assert.equal(aiSdkGateway.matchHead(toRequestView({ path: "/v1/language-model" })), 0);
});
