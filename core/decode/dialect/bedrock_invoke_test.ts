import assert from "node:assert/strict";
import { bedrockInvoke, findInvokeFormat } from "./bedrock_invoke.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const CLAUDE = "/model/us.anthropic.claude-opus-4-6-v1/invoke-with-response-stream";

function frameOf(json: unknown) {
  return { name: "chunk", json: { bytes: btoa(JSON.stringify(json)), p: "abc" } };
}

Deno.test("bedrock_invoke picks the vendor's format by the model id", () => {
  const idOf = (model: string) => findInvokeFormat(toRequestView({ path: `/model/${model}/invoke` })).id;
  assert.equal(idOf("us.anthropic.claude-opus-4-6-v1"), "anthropic_messages");
  assert.equal(idOf("amazon.nova-lite-v1%3A0"), "bedrock_converse");
  assert.equal(idOf("amazon.nova-2-multimodal-embeddings-v1:0"), "bedrock_text");
  assert.equal(idOf("us.cohere.embed-v4:0"), "cohere_embed");
  assert.equal(idOf("cohere.rerank-v3-5:0"), "rerank");
  assert.equal(idOf("amazon.titan-embed-text-v2:0"), "bedrock_text");
});

Deno.test("bedrock_invoke takes model and streaming from the path", () => {
  const request = bedrockInvoke.decodeRequest(toRequestView({
    path: CLAUDE,
    json: { anthropic_version: "bedrock-2023-05-31", max_tokens: 5, messages: [{ role: "user", content: "hi" }] },
  }));
  assert.equal(request?.model, "us.anthropic.claude-opus-4-6-v1");
  assert.equal(request?.isStreaming, true);
  assert.equal(request?.messages[0]?.content, "hi");
});

Deno.test("bedrock_invoke unwraps frames and prefers the vendor's usage over the metrics", () => {
  const { answer } = readAnswer(bedrockInvoke, [
    frameOf({
      type: "message_start",
      message: { id: "msg", role: "assistant", content: [], usage: { input_tokens: 3 } },
    }),
    frameOf({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    frameOf({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Oi" } }),
    frameOf({ type: "content_block_stop", index: 0 }),
    frameOf({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } }),
    frameOf({ type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 3, outputTokenCount: 2 } }),
  ], { path: CLAUDE });
  assert.equal(answer.choices[0]?.message.content, "Oi");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.equal(answer.usage?.inputTokens, 3);
  assert.equal(answer.usage?.outputTokens, 2);
});

Deno.test("bedrock_invoke reads Titan embeddings and usage from the headers", () => {
  const path = "/model/amazon.titan-embed-text-v2%3A0/invoke";
  const request = bedrockInvoke.decodeRequest(toRequestView({ path, json: { inputText: "Ruby", dimensions: 256 } }));
  assert.equal(request?.requestType, "embedding");
  assert.equal(request?.inputCount, 1);
  const { answer } = readAnswer(bedrockInvoke, [{ json: { embedding: [1, 2, 3] } }], {
    path,
    headers: { "x-amzn-bedrock-input-token-count": "4", "x-amzn-requestid": "rid" },
  });
  assert.deepEqual(answer.embedding, { count: 1, dimensions: 3 });
  assert.deepEqual(answer.usage, { inputTokens: 4 });
  assert.equal(answer.requestId, "rid");
});

Deno.test("bedrock_invoke tells an exception in the middle of a stream", () => {
  const reader = bedrockInvoke.createReader({
    request: undefined,
    head: toRequestView({ path: CLAUDE }),
    response: { status: 200, headers: new Map(), contentType: "application/vnd.amazon.eventstream" },
    quirks: [],
    wantsDelta: false,
  });
  reader.message({
    name: "",
    text: '{"message":"slow down"}',
    headers: new Map([[":message-type", "exception"], [":exception-type", "throttlingException"]]),
  });
  assert.deepEqual(reader.finish(false).error, { type: "throttlingException", message: "slow down" });
});

Deno.test("bedrock_invoke joins the pieces of a plain text stream", () => {
  const { answer } = readAnswer(bedrockInvoke, [
    frameOf({ generation: "Hel", prompt_token_count: 4, generation_token_count: 1, stop_reason: null }),
    frameOf({ generation: "lo", generation_token_count: 2, stop_reason: "stop" }),
  ], { path: "/model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream" });
  assert.equal(answer.choices[0]?.message.content, "Hello");
  assert.equal(answer.choices[0]?.finishReason, "stop");
});

Deno.test("bedrock_invoke reads the events of Nova, which have no names of their own", () => {
  const path = "/model/us.amazon.nova-lite-v1%3A0/invoke-with-response-stream";
  const { answer, kinds } = readAnswer(bedrockInvoke, [
    frameOf({ messageStart: { role: "assistant" } }),
    frameOf({ contentBlockDelta: { delta: { text: "Two " }, contentBlockIndex: 0 } }),
    frameOf({ contentBlockStop: { contentBlockIndex: 0 } }),
    frameOf({ contentBlockDelta: { delta: { text: "owls" }, contentBlockIndex: 1 }, "amazon-bedrock-x": "y" }),
    frameOf({ messageStop: { stopReason: "end_turn" } }),
    frameOf({ metadata: { usage: { inputTokens: 3, outputTokens: 4 } } }),
  ], { path });
  assert.equal(answer.choices[0]?.message.content, "Two owls");
  const json = { messages: [{ role: "user", content: [{ text: "owls" }] }], inferenceConfig: { topK: 20 } };
  assert.deepEqual(bedrockInvoke.decodeRequest(toRequestView({ path, json }))?.parameters, { top_k: 20 });
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { inputTokens: 3, outputTokens: 4, totalTokens: 7 });
  assert.equal(kinds.at(-1), "end");
});

Deno.test("bedrock_invoke reads Claude's older completions, whose model has no name in the body", () => {
  const path = "/model/anthropic.claude-v2%3A1/invoke";
  const request = bedrockInvoke.decodeRequest(toRequestView({
    path,
    json: { prompt: "Human: owls? Assistant:", max_tokens_to_sample: 20 },
  }));
  assert.equal(request?.model, "anthropic.claude-v2:1");
  assert.equal(request?.requestType, "completion");
  assert.deepEqual(request?.parameters, { max_tokens: 20 });
  const { answer } = readAnswer(bedrockInvoke, [
    { json: { type: "completion", completion: " Yes", stop_reason: "stop_sequence", stop: "Human:" } },
  ], { path, headers: { "x-amzn-bedrock-output-token-count": "2" } });
  assert.equal(answer.choices[0]?.message.content, " Yes");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { outputTokens: 2 });
});

Deno.test("bedrock_invoke reads the formats of Cohere and AI21", () => {
  const idOf = (model: string) => findInvokeFormat(toRequestView({ path: `/model/${model}/invoke` })).id;
  assert.equal(idOf("cohere.command-text-v14"), "cohere_generate");
  assert.equal(idOf("cohere.command-r-plus-v1:0"), "cohere_chat");
  assert.equal(idOf("ai21.j2-ultra-v1"), "ai21_complete");
  const request = bedrockInvoke.decodeRequest(toRequestView({
    path: "/model/ai21.j2-ultra-v1/invoke",
    json: { prompt: "owls?", maxTokens: 5 },
  }));
  assert.equal(request?.model, "ai21.j2-ultra-v1");
  assert.deepEqual(request?.parameters, { max_tokens: 5 });
});

Deno.test("bedrock_invoke reads imported models that answer as OpenAI's completions or chat do", () => {
  const path = "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Aimported-model%2Fabc/invoke";
  const text = readAnswer(bedrockInvoke, [{
    json: {
      object: "text_completion",
      id: "",
      choices: [{ index: 0, text: "Owls hoot", finish_reason: "length" }],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    },
  }], { path, headers: { "x-amzn-requestid": "rid" } }).answer;
  assert.equal(text.choices[0]?.message.content, "Owls hoot");
  assert.equal(text.choices[0]?.finishReason, "length");
  assert.equal(text.requestId, "rid");
  const chat = bedrockInvoke.decodeRequest(toRequestView({
    path,
    json: { messages: [{ role: "user", content: "owls?" }], max_tokens: 4 },
  }));
  assert.equal(chat?.requestType, "chat");
  assert.equal(chat?.messageCount, 1);
});

Deno.test("bedrock_invoke says what kind of error the header names", () => {
  const { answer } = readAnswer(bedrockInvoke, [{ json: { message: "no such model" } }], {
    path: "/model/meta.llama9/invoke",
    status: 400,
    headers: { "x-amzn-errortype": "ValidationException:http://internal.example/" },
  });
  assert.deepEqual(answer.error, { type: "ValidationException", message: "no such model" });
});

Deno.test("bedrock_invoke takes the format of a model without a telling name from body and answer", () => {
  const path = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fx/invoke";
  const typeOf = (json: object) => bedrockInvoke.decodeRequest(toRequestView({ path, json }))?.requestType;
  assert.equal(typeOf({ texts: ["a"], input_type: "search_query" }), "embedding");
  assert.equal(typeOf({ messages: [{ role: "user", content: [{ text: "a" }] }], inferenceConfig: {} }), "chat");
  assert.equal(typeOf({ prompt: "a" }), "completion");
  const claude = {
    type: "message",
    role: "assistant",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
  };
  const nova = { output: { message: { role: "assistant", content: [{ text: "Hi" }] } }, stopReason: "end_turn" };
  for (const json of [claude, nova]) {
    assert.equal(readAnswer(bedrockInvoke, [{ json }], { path }).answer.choices[0]?.message.content, "Hi");
  }
  const streamed = readAnswer(bedrockInvoke, [
    frameOf({ messageStart: { role: "assistant" } }),
    frameOf({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hi" } } }),
    frameOf({ messageStop: { stopReason: "end_turn" } }),
  ], { path });
  assert.equal(streamed.answer.choices[0]?.message.content, "Hi");
  const vectors = { id: "e", texts: ["a"], embeddings: { float: [[0.5, 1]] } };
  assert.deepEqual(readAnswer(bedrockInvoke, [{ json: vectors }], { path }).answer.embedding, {
    count: 1,
    dimensions: 2,
  });
});

Deno.test("plain text formats tell top_k and stops, and why DeepSeek's text ended", () => {
  const decode = (json: unknown) =>
    bedrockInvoke.decodeRequest(toRequestView({ path: "/model/us.deepseek.r1-v1:0/invoke", json }))?.parameters;
  assert.deepEqual(decode({ prompt: "x", top_k: 5, stop: ["y"] }), { top_k: 5, stop: ["y"] });
  assert.deepEqual(decode({ inputText: "x", textGenerationConfig: { stopSequences: ["|"] } }), { stop: ["|"] });
  const { answer } = readAnswer(bedrockInvoke, [{ json: { choices: [{ text: "hm", stop_reason: "length" }] } }], {
    path: "/model/us.deepseek.r1-v1:0/invoke",
  });
  const [choice] = answer.choices;
  assert.deepEqual([choice?.message.content, choice?.finishReason, choice?.rawFinishReason], [
    "hm",
    "length",
    "length",
  ]);
});

Deno.test("bedrock_invoke reads the settings of Nova in both spellings", () => {
  const path = "/model/amazon.nova-micro-v1%3A0/invoke";
  const messages = [{ role: "user", content: [{ text: "owls" }] }];
  const inferenceConfig = { max_new_tokens: 30, top_p: 0.5, top_k: 4, temperature: 1 };
  const request = bedrockInvoke.decodeRequest(toRequestView({ path, json: { messages, inferenceConfig } }));
  assert.deepEqual(request?.parameters, { max_tokens: 30, top_p: 0.5, top_k: 4, temperature: 1 });
});
