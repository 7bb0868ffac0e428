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

Deno.test("a stream of converse has ended when it said what it took, which it does last", () => {
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
  assert.equal(reader.hasEnded, false);
  reader.message({ name: "metadata", text: '{"usage":{"inputTokens":1,"outputTokens":1}}' });
  assert.equal(reader.hasEnded, true);
});

Deno.test("bedrock_converse tells tools the vendor ran with their results, whole and streamed", () => {
  const use = { toolUseId: "t1", name: "nova_grounding", type: "server_tool_use" };
  const head = { toolUseId: "t1", status: "success", type: "nova_grounding_result" };
  const content = [{ json: { hits: 2 } }];
  const call = { name: "nova_grounding", type: "server", id: "t1", arguments: { q: "x" }, isServerSide: true };
  const result = { callId: "t1", content: '{"hits":2}', isError: false, isServerSide: true };
  const whole = readAnswer(bedrockConverse, [{
    json: {
      output: {
        message: {
          role: "assistant",
          content: [{ toolUse: { ...use, input: { q: "x" } } }, { toolResult: { ...head, content } }],
        },
      },
      stopReason: "end_turn",
    },
  }]).answer;
  const streamed = readAnswer(bedrockConverse, [
    { name: "contentBlockStart", json: { contentBlockIndex: 0, start: { toolUse: use } } },
    { name: "contentBlockDelta", json: { contentBlockIndex: 0, delta: { toolUse: { input: '{"q":"x"}' } } } },
    { name: "contentBlockStop", json: { contentBlockIndex: 0 } },
    { name: "contentBlockStart", json: { contentBlockIndex: 1, start: { toolResult: head } } },
    { name: "contentBlockDelta", json: { contentBlockIndex: 1, delta: { toolResult: content } } },
    { name: "messageStop", json: { stopReason: "end_turn" } },
  ]).answer;
  for (const answer of [whole, streamed]) {
    assert.deepEqual(answer.choices[0]?.message, { role: "assistant", toolCalls: [call] });
    assert.deepEqual(answer.toolResults, [result]);
  }
});

Deno.test("bedrock_converse reads effort, form, tier and hour-long cache writes", () => {
  const efforts = [
    { reasoning_effort: "high" },
    { reasoning_config: "high" },
    { reasoning: { effort: "high" } },
    { output_config: { effort: "high" } },
    { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } },
  ];
  for (const additionalModelRequestFields of efforts) {
    const json = { messages: [], additionalModelRequestFields, outputConfig: { textFormat: { type: "json_schema" } } };
    const request = bedrockConverse.decodeRequest(toRequestView({ path: "/model/m/converse", json }));
    assert.deepEqual(request?.parameters, { reasoning_effort: "high", response_format: "json_schema" });
  }
  const { answer } = readAnswer(bedrockConverse, [{
    json: {
      serviceTier: { type: "flex" },
      usage: {
        inputTokens: 1,
        cacheWriteInputTokens: 9,
        outputTokens: 2,
        cacheDetails: [{ ttl: "5m", inputTokens: 4 }, { ttl: "1h", inputTokens: 5 }],
      },
    },
  }]);
  assert.equal(answer.serviceTier, "flex");
  assert.deepEqual(answer.usage, { inputTokens: 10, outputTokens: 2, cacheWriteTokens: 9, cacheWrite1hTokens: 5 });
});

Deno.test("bedrock_converse reads what is counted, and the count", () => {
  const path = "/model/anthropic.claude-x-v1%3A0/count-tokens";
  const converse = { messages: [{ role: "user", content: [{ text: "Hi" }] }], system: [{ text: "S" }] };
  const body = btoa(JSON.stringify({ messages: [{ role: "user", content: "Hi" }], system: "S" }));
  for (const input of [{ converse }, { invokeModel: { body } }]) {
    const view = toRequestView({ path, json: { input } });
    assert.equal(bedrockConverse.matchHead(view), 1);
    const request = bedrockConverse.decodeRequest(view);
    assert.deepEqual(
      [request?.requestType, request?.model, request?.systemPrompt, request?.messages],
      ["count_tokens", "anthropic.claude-x-v1:0", "S", [{ role: "user", content: "Hi" }]],
    );
  }
  for (const json of [{ input: {} }, { input: { invokeModel: { body: "%%" } } }, 5]) {
    assert.equal(bedrockConverse.decodeRequest(toRequestView({ path, json })), undefined);
  }
  assert.deepEqual(readAnswer(bedrockConverse, [{ json: { inputTokens: 375 } }], { path }).answer, {
    choices: [],
    usage: { inputTokens: 375 },
  });
  const refused = readAnswer(bedrockConverse, [{ json: { message: "no" } }], {
    path,
    status: 400,
    headers: { "x-amzn-errortype": "ValidationException" },
  });
  assert.deepEqual(refused.answer, { choices: [], error: { type: "ValidationException", message: "no" } });
});

Deno.test("bedrock_converse reads text that a guardrail looks at, and counts pictures inside results", () => {
  const request = bedrockConverse.decodeRequest(toRequestView({
    path: "/model/m/converse",
    json: {
      messages: [{
        role: "user",
        content: [
          { guardContent: { text: { text: "how", qualifiers: ["query"] } } },
          { guardContent: { image: { format: "png" } } },
          { toolResult: { toolUseId: "t", content: [{ text: "seen" }, { image: { format: "png" } }] } },
        ],
      }],
    },
  }));
  assert.deepEqual(request?.messages, [
    { role: "user", content: "how", imageCount: 2, toolResults: [{ callId: "t", content: "seen" }] },
  ]);
});
