import assert from "node:assert/strict";
import { bedrockConverse } from "./bedrock_converse.ts";
import { parseBedrockPath } from "./bedrock_path.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";

Deno.test("bedrock paths give the decoded model and the operation", () => {
  assert.deepEqual(parseBedrockPath(PATH), {
    model: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    operation: "converse",
  });
  assert.equal(parseBedrockPath("/model/x/converse-streams"), undefined);
  assert.equal(parseBedrockPath("/model/%E0%A4%A/invoke")?.model, "%E0%A4%A");
});

Deno.test("bedrock_converse decodes system text, blocks, tools and parameters", () => {
  const request = bedrockConverse.decodeRequest(toRequestView({
    path: PATH,
    json: {
      system: [{ text: "a" }, { cachePoint: {} }, { text: "b" }],
      messages: [
        { role: "user", content: [{ text: "hi" }, { image: { format: "png", source: {} } }] },
        { role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: "add", input: { a: 1 } } }] },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "t1", content: [{ json: { x: 1 } }], status: "error" } }],
        },
      ],
      toolConfig: { tools: [{ toolSpec: { name: "add" } }, { systemTool: { name: "g" } }], toolChoice: { auto: {} } },
      inferenceConfig: { maxTokens: 5, temperature: 0 },
    },
  }));
  assert.equal(request?.systemPrompt, "a\nb");
  assert.equal(request?.messageCount, 3);
  assert.equal(request?.messages[0]?.imageCount, 1);
  assert.deepEqual(request?.messages[2]?.toolResults, [{ callId: "t1", content: '{"x":1}', isError: true }]);
  assert.deepEqual(request?.tools, [{ name: "add", type: "function" }, { name: "g", type: "system" }]);
  assert.deepEqual(request?.parameters, { max_tokens: 5, temperature: 0 });
  assert.equal(request?.toolChoice, "auto");
});

Deno.test("bedrock_converse reads a document, with cache tokens added to the input", () => {
  const { answer } = readAnswer(bedrockConverse, [{
    json: {
      output: { message: { role: "assistant", content: [{ text: "OK" }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 10, outputTokens: 4, totalTokens: 7365, cacheReadInputTokens: 7351 },
    },
  }]);
  assert.equal(answer.choices[0]?.message.content, "OK");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { inputTokens: 7361, outputTokens: 4, totalTokens: 7365, cachedTokens: 7351 });
});

const STREAM = [
  { name: "messageStart", json: { role: "assistant" } },
  { name: "contentBlockDelta", json: { contentBlockIndex: 0, delta: { text: "He" } } },
  { name: "contentBlockDelta", json: { contentBlockIndex: 0, delta: { text: "y" } } },
  { name: "contentBlockStart", json: { contentBlockIndex: 1, start: { toolUse: { toolUseId: "t", name: "add" } } } },
  { name: "contentBlockDelta", json: { contentBlockIndex: 1, delta: { toolUse: { input: '{"a"' } } } },
  { name: "contentBlockDelta", json: { contentBlockIndex: 1, delta: { toolUse: { input: ":1}" } } } },
  { name: "contentBlockStop", json: { contentBlockIndex: 1 } },
  { name: "messageStop", json: { stopReason: "tool_use" } },
  { name: "metadata", json: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } },
];

Deno.test("bedrock_converse joins a stream and parses arguments when the block ends", () => {
  const { kinds, answer } = readAnswer(bedrockConverse, STREAM);
  assert.deepEqual(kinds, ["meta", "token", "token", "meta", "token", "token", "meta", "meta", "end"]);
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { id: "t", name: "add", type: "function", arguments: { a: 1 } },
  ]);
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
});

Deno.test("bedrock_converse invents nothing when a stream is cut", () => {
  const { answer } = readAnswer(bedrockConverse, STREAM.slice(0, 5), { isComplete: false });
  assert.equal(answer.choices[0]?.finishReason, undefined);
  assert.equal(answer.usage, undefined);
  assert.equal(answer.choices[0]?.message.toolCalls?.[0]?.arguments, undefined);
  assert.equal(answer.choices[0]?.message.toolCalls?.[0]?.argumentsLength, 4);
});

Deno.test("bedrock_converse gives an error its type from the header", () => {
  const { answer } = readAnswer(bedrockConverse, [{ json: { message: "no" } }], {
    status: 400,
    headers: { "x-amzn-errortype": "ValidationException:http://internal/" },
  });
  assert.deepEqual(answer.error, { type: "ValidationException", message: "no" });
  assert.deepEqual(answer.choices, []);
});

Deno.test("a stream of converse has ended when it said why it stopped", () => {
  const reader = bedrockConverse.createReader({
    request: undefined,
    head: toRequestView({ path: "/" }),
    response: { status: 200, headers: new Map(), contentType: "" },
    quirks: [],
    wantsDelta: false,
  });
  assert.equal(reader.hasEnded, undefined);
  reader.message({ name: "contentBlockDelta", text: '{"contentBlockIndex":0,"delta":{"text":"a"}}' });
  assert.equal(reader.hasEnded, false);
  reader.message({ name: "messageStop", text: '{"stopReason":"end_turn"}' });
  assert.equal(reader.hasEnded, true);
});
