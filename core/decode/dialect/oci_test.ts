import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { oci } from "./oci.ts";

const PATH = "/20231130/actions/chat";
const ON_DEMAND = {
  compartmentId: "c",
  servingMode: { servingType: "ON_DEMAND", modelId: "meta.llama-3.3-70b-instruct" },
};

function decode(more: Record<string, unknown>, path = PATH) {
  return oci.decodeRequest(toRequestView({ path, json: { ...ON_DEMAND, ...more } }));
}

Deno.test("oci reads a generic chat: roles, parts, tools, calls and their results", () => {
  const request = decode({
    chatRequest: {
      apiFormat: "GENERIC",
      messages: [
        { role: "SYSTEM", content: [{ type: "TEXT", text: "S" }] },
        { role: "USER", content: [{ type: "TEXT", text: "Hi" }, { type: "IMAGE", imageUrl: { url: "data:" } }] },
        { role: "ASSISTANT", toolCalls: [{ id: "t1", type: "FUNCTION", name: "f", arguments: '{"aB":1}' }] },
        { role: "TOOL", toolCallId: "t1", content: [{ type: "TEXT", text: "42" }] },
      ],
      tools: [{ type: "FUNCTION", name: "f", description: "d", parameters: {} }],
      toolChoice: { type: "AUTO" },
      isStream: true,
      maxTokens: 9,
      topP: 0.5,
      numGenerations: 2,
      reasoningEffort: "LOW",
    },
  });
  assert.deepEqual([request?.model, request?.isStreaming, request?.messageCount, request?.systemPrompt], [
    "meta.llama-3.3-70b-instruct",
    true,
    3,
    "S",
  ]);
  assert.deepEqual(request?.messages.slice(1), [
    { role: "user", content: "Hi", imageCount: 1 },
    { role: "assistant", toolCalls: [{ id: "t1", name: "f", type: "function", arguments: { aB: 1 } }] },
    { role: "tool", content: "42", toolResults: [{ callId: "t1", content: "42" }] },
  ]);
  assert.deepEqual([request?.tools, request?.toolChoice], [
    [{ name: "f", type: "function", description: "d" }],
    "auto",
  ]);
  assert.deepEqual(request?.parameters, { max_tokens: 9, top_p: 0.5, n: 2, reasoning_effort: "low" });
});

Deno.test("oci reads a Cohere chat with its history, preamble and tool results; a dedicated endpoint is no model", () => {
  const request = decode({
    servingMode: { servingType: "DEDICATED", endpointId: "ocid1.generativeaiendpoint.x" },
    chatRequest: {
      apiFormat: "COHERE",
      message: "And now?",
      chatHistory: [
        { role: "USER", message: "Hi" },
        { role: "CHATBOT", message: "", toolCalls: [{ name: "f", parameters: { aB: 1 } }] },
        { role: "TOOL", toolResults: [{ call: { name: "f", parameters: {} }, outputs: [{ x: 1 }] }] },
      ],
      preambleOverride: "S",
      tools: [{ name: "f", description: "d", parameterDefinitions: {} }],
      topK: 3,
      topP: 0.4,
      stopSequences: ["x"],
    },
  });
  assert.deepEqual([request?.model, request?.isStreaming, request?.systemPrompt], [undefined, false, "S"]);
  assert.deepEqual(request?.messages, [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "", toolCalls: [{ name: "f", type: "function", arguments: { aB: 1 } }] },
    { role: "tool", toolResults: [{ name: "f", content: '[{"x":1}]' }] },
    { role: "user", content: "And now?" },
  ]);
  assert.deepEqual(request?.parameters, { top_k: 3, top_p: 0.4, stop: ["x"] });
});

Deno.test("oci reads texts, embeddings, ranks and summaries", () => {
  const text = decode(
    { inferenceRequest: { runtimeType: "COHERE", prompt: "p", maxTokens: 5 } },
    "/20231130/actions/generateText",
  );
  assert.deepEqual([text?.requestType, text?.messages[0]?.content, text?.parameters], ["completion", "p", {
    max_tokens: 5,
  }]);
  const embed = decode({ inputs: ["a", "b"] }, "/20231130/actions/embedText");
  assert.deepEqual([embed?.requestType, embed?.inputCount, embed?.messages], ["embedding", 2, []]);
  const rank = decode({ input: "q", documents: ["a"], topN: 1 }, "/20231130/actions/rerankText");
  assert.deepEqual([rank?.requestType, rank?.inputCount, rank?.parameters], ["rerank", 1, { n: 1 }]);
  const path = "/20231130/actions/embedText";
  const vectors = readAnswer(oci, [{ json: { id: "e", modelId: "m", embeddings: [[1, 2], [3, 4]] } }], { path }).answer;
  assert.deepEqual([vectors.embedding, vectors.model], [{ count: 2, dimensions: 2 }, "m"]);
  const byType = readAnswer(oci, [{ json: { embeddingsByType: { float: [[1, 2, 3]] } } }], { path }).answer;
  assert.deepEqual(byType.embedding, { count: 1, dimensions: 3 });
  const ranks =
    readAnswer(oci, [{ json: { documentRanks: [{}, {}] } }], { path: "/20231130/actions/rerankText" }).answer;
  assert.equal(ranks.outputCount, 2);
  const summary = readAnswer(oci, [{ json: { modelId: "m", summary: "S" } }], {
    path: "/20231130/actions/summarizeText",
  });
  assert.equal(summary.answer.choices[0]?.message.content, "S");
});

Deno.test("oci reads whole answers of each format, with usage and reasons", () => {
  const generic = readAnswer(oci, [{
    json: {
      modelId: "m",
      chatResponse: {
        apiFormat: "GENERIC",
        choices: [{
          index: 0,
          finishReason: "tool_calls",
          message: {
            role: "ASSISTANT",
            reasoningContent: "R",
            content: [{ type: "TEXT", text: "Hello" }],
            toolCalls: [{ id: "t", type: "FUNCTION", name: "f", arguments: "{}" }],
          },
        }],
        usage: {
          promptTokens: 5,
          completionTokens: 3,
          totalTokens: 8,
          promptTokensDetails: { cachedTokens: 2 },
          completionTokensDetails: { reasoningTokens: 1 },
        },
      },
    },
  }], { path: PATH }).answer;
  assert.deepEqual(generic.choices, [{
    index: 0,
    message: {
      role: "assistant",
      content: "Hello",
      reasoning: "R",
      toolCalls: [{ id: "t", name: "f", type: "function", arguments: {} }],
    },
    finishReason: "tool_calls",
    rawFinishReason: "tool_calls",
  }]);
  assert.deepEqual(generic.usage, {
    inputTokens: 5,
    outputTokens: 3,
    totalTokens: 8,
    cachedTokens: 2,
    reasoningTokens: 1,
  });
  const cohere = readAnswer(oci, [{
    json: {
      modelId: "m",
      chatResponse: { apiFormat: "COHERE", text: "Hello", finishReason: "COMPLETE", chatHistory: [] },
    },
  }], { path: PATH }).answer;
  assert.deepEqual([cohere.choices[0]?.message.content, cohere.choices[0]?.finishReason], ["Hello", "stop"]);
  const texts = readAnswer(oci, [{
    json: { inferenceResponse: { generatedTexts: [{ text: "a", finishReason: "MAX_TOKENS" }, { text: "b" }] } },
  }], { path: "/20231130/actions/generateText" }).answer;
  assert.deepEqual(texts.choices.map(({ message, finishReason }) => [message.content, finishReason]), [
    ["a", "length"],
    ["b", undefined],
  ]);
});

Deno.test("oci joins the events of a stream; Cohere's last one repeats the text, which counts once", () => {
  const generic = readAnswer(oci, [
    { json: { index: 0, message: { role: "ASSISTANT", content: [{ type: "TEXT", text: "Hel" }] }, pad: "aa" } },
    { json: { index: 0, message: { content: [{ type: "TEXT", text: "lo" }] } } },
    { json: { message: { toolCalls: [{ id: "t", type: "FUNCTION", name: "f", arguments: '{"a"' }] } } },
    { json: { message: { toolCalls: [{ type: "FUNCTION", arguments: ":1}" }] } } },
    { json: { finishReason: "stop" } },
    { json: { usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3 } } },
    { text: "[DONE]" },
  ], { path: PATH });
  assert.deepEqual(generic.kinds, ["token", "token", "token", "token", "meta", "meta", "end"]);
  const [choice] = generic.answer.choices;
  assert.deepEqual([choice?.message.content, choice?.finishReason], ["Hello", "stop"]);
  assert.deepEqual(choice?.message.toolCalls, [{ id: "t", name: "f", type: "function", arguments: { a: 1 } }]);
  assert.equal(generic.answer.usage?.totalTokens, 3);
  const cohere = readAnswer(oci, [
    { json: { apiFormat: "COHERE", text: "Hel", pad: "a" } },
    { json: { apiFormat: "COHERE", text: "lo" } },
    { json: { apiFormat: "COHERE", text: "Hello", chatHistory: [], finishReason: "COMPLETE" } },
  ], { path: PATH }).answer;
  assert.deepEqual([cohere.choices[0]?.message.content, cohere.choices[0]?.finishReason], ["Hello", "stop"]);
  const cut =
    readAnswer(oci, [{ json: { apiFormat: "COHERE", text: "Hel" } }], { path: PATH, isComplete: false }).answer;
  assert.deepEqual([cut.choices[0]?.message.content, cut.choices[0]?.finishReason], ["Hel", undefined]);
});

Deno.test("oci reads errors and stands wrong types", () => {
  const json = { code: "404", message: "Authorization failed or requested resource not found." };
  const { answer } = readAnswer(oci, [{ json }], { path: PATH, status: 404, headers: { "opc-request-id": "r" } });
  assert.deepEqual([answer.error, answer.requestId, answer.choices], [{ code: "404", message: json.message }, "r", []]);
  assert.equal(decode({ chatRequest: { messages: "x", tools: 1, apiFormat: 7 } })?.messages.length, 0);
  assert.equal(oci.decodeRequest(toRequestView({ path: PATH })), undefined);
});
