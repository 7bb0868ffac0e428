import assert from "node:assert/strict";
import { amazonQ } from "./amazon_q.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/generateAssistantResponse";
const EXCEPTION = new Map([[":message-type", "exception"], [":exception-type", "ThrottlingException"]]);

Deno.test("amazon_q is known by its path, or by the header of the form without one", () => {
  const head = { method: "POST", path: "/", query: "" };
  const target = (value: string) => amazonQ.matchHead({ ...head, headers: new Map([["x-amz-target", value]]) });
  assert.ok(target("AmazonCodeWhispererStreamingService.GenerateAssistantResponse") > 0.9);
  assert.ok(target("AmazonQDeveloperStreamingService.SendMessage") > 0.9);
  assert.equal(target("AmazonCodeWhispererService.GetUsageLimits"), 0);
  assert.ok(amazonQ.matchHead({ ...head, path: PATH, headers: new Map() }) > 0.9);
});

Deno.test("amazon_q reads history, the newest message, tools and their results", () => {
  const request = amazonQ.decodeRequest(toRequestView({
    path: PATH,
    json: {
      conversationState: {
        conversationId: "c1",
        history: [
          { userInputMessage: { content: "Hi" } },
          {
            assistantResponseMessage: {
              content: "",
              toolUses: [{ toolUseId: "t", name: "fs_read", input: { path: "/a" } }],
            },
          },
        ],
        currentMessage: {
          userInputMessage: {
            content: "",
            modelId: "claude-sonnet-4.5",
            images: [{}],
            userInputMessageContext: {
              toolResults: [{ toolUseId: "t", status: "error", content: [{ text: "no" }] }],
              tools: [{ toolSpecification: { name: "fs_read", description: "d", inputSchema: { json: {} } } }],
            },
          },
        },
      },
      profileArn: "arn",
    },
  }));
  assert.deepEqual([request?.model, request?.messageCount, request?.sessionKeys], [
    "claude-sonnet-4.5",
    3,
    { conversation: "c1" },
  ]);
  assert.deepEqual(request?.messages, [
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: "",
      toolCalls: [{ id: "t", name: "fs_read", type: "function", arguments: { path: "/a" } }],
    },
    { role: "user", content: "", imageCount: 1, toolResults: [{ callId: "t", content: "no", isError: true }] },
  ]);
  assert.deepEqual(request?.tools, [{ name: "fs_read", type: "function", description: "d" }]);
  assert.equal(amazonQ.decodeRequest(toRequestView({ path: PATH, json: { conversationState: 1 } })), undefined);
});

Deno.test("amazon_q joins text, thoughts and calls, and counts caches as input", () => {
  const { answer, kinds } = readAnswer(amazonQ, [
    { name: "messageMetadataEvent", json: { conversationId: "c" } },
    { name: "reasoningContentEvent", json: { text: "hm" } },
    { name: "assistantResponseEvent", json: { content: "Hel", modelId: "m" } },
    { name: "assistantResponseEvent", json: { content: "lo" } },
    { name: "toolUseEvent", json: { toolUseId: "t", name: "f", input: '{"a"' } },
    { name: "toolUseEvent", json: { toolUseId: "t", name: "f", input: ":1}" } },
    { name: "toolUseEvent", json: { toolUseId: "t", name: "f", stop: true } },
    {
      name: "metadataEvent",
      json: {
        stopReason: "TOOL_USE",
        tokenUsage: { uncachedInputTokens: 3, cacheReadInputTokens: 4, outputTokens: 5, totalTokens: 12 },
      },
    },
  ], { path: PATH });
  assert.deepEqual(kinds, ["meta", "token", "token", "token", "token", "token", "token", "meta"]);
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: {
      role: "assistant",
      reasoning: "hm",
      content: "Hello",
      toolCalls: [{ id: "t", name: "f", type: "function", arguments: { a: 1 } }],
    },
    finishReason: "tool_calls",
    rawFinishReason: "TOOL_USE",
  }]);
  assert.deepEqual(answer.usage, { inputTokens: 7, outputTokens: 5, totalTokens: 12, cachedTokens: 4 });
  assert.equal(answer.model, "m");
});

Deno.test("amazon_q cut inside a call leaves its arguments out, and has no reason", () => {
  const events = [{ name: "toolUseEvent", json: { toolUseId: "t", name: "f", input: '{"a"' } }];
  const { answer } = readAnswer(amazonQ, events, { path: PATH, isComplete: false });
  assert.equal(answer.choices[0]?.message.toolCalls?.[0]?.argumentsIncomplete, true);
  assert.equal(answer.choices[0]?.finishReason, undefined);
});

Deno.test("amazon_q reads errors of status, event and exception", () => {
  const json = { __type: "com.amazon.aws.codewhisperer#ValidationException", message: "m", reason: "CONTENT_LENGTH" };
  const status = readAnswer(amazonQ, [{ json }], { path: PATH, status: 400 }).answer;
  assert.deepEqual(status.error, { type: "ValidationException", code: "CONTENT_LENGTH", message: "m" });
  const event = readAnswer(amazonQ, [{ name: "invalidStateEvent", json: { reason: "R", message: "m" } }]).answer;
  assert.deepEqual(event.error, { type: "R", message: "m" });
  const thrown =
    readAnswer(amazonQ, [{ name: "ThrottlingException", json: { message: "m" }, headers: EXCEPTION }]).answer;
  assert.deepEqual(thrown.error, { type: "ThrottlingException", message: "m" });
});
