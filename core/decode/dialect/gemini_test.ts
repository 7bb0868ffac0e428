import assert from "node:assert/strict";
import type { RequestView, ResponseContext } from "./dialect.ts";
import { toRequestView } from "./dialect_testing.ts";
import { gemini, parseGeminiPath } from "./gemini.ts";

function viewOf(path: string, json: unknown): RequestView {
  return {
    method: "POST",
    path,
    query: "",
    headers: new Map(),
    json,
    messages: [],
    isComplete: true,
    quirks: [],
  };
}

function readAnswer(texts: readonly string[], wantsDelta = false) {
  const head = { method: "POST", path: "/v1beta/models/g:generateContent", query: "", headers: new Map() };
  const context: ResponseContext = {
    request: undefined,
    head,
    response: { status: 200, headers: new Map(), contentType: "text/event-stream" },
    quirks: [],
    wantsDelta,
  };
  const reader = gemini.createReader(context);
  const kinds = texts.map((text) => reader.message({ text }));
  return { kinds, answer: reader.finish(true) };
}

Deno.test("gemini reads model and method from paths of the Gemini API, Vertex and Code Assist", () => {
  assert.deepEqual(parseGeminiPath("/v1beta/models/gemini-2.5-flash:generateContent"), {
    model: "gemini-2.5-flash",
    method: "generateContent",
  });
  assert.equal(
    parseGeminiPath("/v1/projects/p/locations/l/publishers/google/models/gemini-3%2Bx:streamGenerateContent")?.model,
    "gemini-3+x",
  );
  assert.deepEqual(parseGeminiPath("/v1internal:countTokens"), { method: "countTokens" });
  assert.equal(parseGeminiPath("/v1/publishers/anthropic/models/claude:rawPredict"), undefined);
});

Deno.test("gemini decodes a request with system text, tools, calls and results in either spelling", () => {
  const request = gemini.decodeRequest(viewOf("/v1beta/models/gemini-2.5-pro:streamGenerateContent", {
    system_instruction: { parts: [{ text: "be brief" }, { text: "be kind" }] },
    contents: [
      { role: "user", parts: [{ text: "2+3?" }, { inline_data: { mime_type: "image/png", data: "AAAA" } }] },
      { role: "model", parts: [{ functionCall: { name: "add", args: { a: 2, b: 3 } } }] },
      { role: "user", parts: [{ functionResponse: { name: "add", response: { error: "no" } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: "add", description: "adds" }] }, { googleSearch: {} }],
    toolConfig: { functionCallingConfig: { mode: "AUTO" } },
    generationConfig: { maxOutputTokens: 10, topP: 0.5, thinkingConfig: { thinkingBudget: 0 } },
  }));
  assert.equal(request?.isStreaming, true);
  assert.equal(request?.systemPrompt, "be brief\nbe kind");
  assert.equal(request?.messageCount, 3);
  assert.equal(request?.messages[0]?.imageCount, 1);
  assert.deepEqual(request?.messages[2]?.toolResults, [{ name: "add", content: '{"error":"no"}', isError: true }]);
  assert.deepEqual(request?.tools, [{ name: "add", type: "function", description: "adds" }, { type: "google_search" }]);
  assert.deepEqual(request?.parameters, { max_tokens: 10, top_p: 0.5, reasoning_effort: 0 });
  assert.equal(request?.toolChoice, "auto");
});

Deno.test("gemini unwraps Code Assist requests and answers", () => {
  const request = gemini.decodeRequest(viewOf("/v1internal:generateContent", {
    model: "gemini-2.5-pro",
    user_prompt_id: "s-1########2",
    request: { contents: [{ parts: [{ text: "hi" }] }], session_id: "s-1" },
  }));
  assert.equal(request?.model, "gemini-2.5-pro");
  assert.deepEqual(request?.sessionKeys, { session: "s-1", turn: "s-1########2" });
  const { answer } = readAnswer([
    '{"response":{"candidates":[{"content":{"parts":[{"text":"x"}]}}],"responseId":"r"}}',
  ]);
  assert.equal(answer.choices[0]?.message.content, "x");
  assert.equal(answer.requestId, "r");
});

Deno.test("gemini joins streamed parts, keeps thoughts apart and takes the last usage", () => {
  const { kinds, answer } = readAnswer([
    '{"candidates":[{"content":{"role":"model","parts":[{"text":"think","thought":true}]}}],"usageMetadata":{"trafficType":"ON_DEMAND"}}',
    '{"candidates":[{"content":{"parts":[{"text":"Hel"}]}}]}',
    '{"candidates":[{"content":{"parts":[{"text":"lo"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":73,"candidatesTokenCount":25,"totalTokenCount":181,"thoughtsTokenCount":83}}',
  ]);
  assert.deepEqual(kinds, ["token", "token", "token"]);
  assert.equal(answer.choices[0]?.message.content, "Hello");
  assert.equal(answer.choices[0]?.message.reasoning, "think");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { inputTokens: 73, outputTokens: 108, totalTokens: 181, reasoningTokens: 83 });
});

Deno.test("gemini derives tool_calls from the parts and leaves an absent finish reason absent", () => {
  const call = '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}';
  assert.equal(readAnswer([call + ',"finishReason":"STOP"}]}']).answer.choices[0]?.finishReason, "tool_calls");
  assert.equal(readAnswer([call + "}]}"]).answer.choices[0]?.finishReason, undefined);
});

Deno.test("gemini tells a blocked prompt, an error and an embedding", () => {
  const blocked = readAnswer(['{"promptFeedback":{"blockReason":"SAFETY"}}']).answer;
  assert.equal(blocked.choices[0]?.finishReason, "content_filter");
  const failed = readAnswer(['[{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}]']).answer;
  assert.deepEqual(failed.error, { type: "RESOURCE_EXHAUSTED", code: "429", message: "slow down" });
  const vectors = readAnswer(['{"embeddings":[{"values":[1,2,3]},{"values":[4,5,6]}]}']).answer;
  assert.deepEqual(vectors.embedding, { count: 2, dimensions: 3 });
});

Deno.test("gemini never throws on values of the wrong kind", () => {
  const odd: unknown[] = [null, 1, "x", [], { contents: 5 }, { contents: [null, { parts: "x" }] }, { tools: [1] }];
  for (const json of odd) gemini.decodeRequest(viewOf("/v1beta/models/m:generateContent", json));
  for (const json of odd) readAnswer([JSON.stringify(json), "{", '{"candidates":[null,{"content":[]}]}']);
});

Deno.test("gemini gives code the vendor ran as call and result, and they do not make the finish reason", () => {
  const parts = [
    { executableCode: { language: "PYTHON", code: "1/0" } },
    { codeExecutionResult: { outcome: "OUTCOME_FAILED", output: "division" } },
    { toolCall: { toolType: "GOOGLE_SEARCH_WEB", id: "t1", args: { queries: ["q"] } } },
    { toolResponse: { toolType: "GOOGLE_SEARCH_WEB", id: "t1", response: { found: 1 } } },
    { text: "No" },
  ];
  const { answer } = readAnswer([JSON.stringify({ candidates: [{ content: { parts }, finishReason: "STOP" }] })]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { name: "code_execution", type: "server", arguments: { language: "PYTHON", code: "1/0" }, isServerSide: true },
    { id: "t1", name: "GOOGLE_SEARCH_WEB", type: "server", arguments: { queries: ["q"] }, isServerSide: true },
  ]);
  assert.deepEqual(answer.toolResults, [
    { name: "code_execution", content: "division", isError: true, isServerSide: true },
    { callId: "t1", name: "GOOGLE_SEARCH_WEB", content: '{"found":1}', isServerSide: true },
  ]);
  assert.equal(answer.choices[0]?.finishReason, "stop");
});

Deno.test("gemini states the service tier that the counts name", () => {
  const json = { candidates: [], usageMetadata: { promptTokenCount: 1, serviceTier: "priority" } };
  assert.equal(readAnswer([JSON.stringify(json)]).answer.serviceTier, "priority");
});

Deno.test("gemini tells no call of a tool that has an id and no name", () => {
  const parts = [{ toolCall: { id: "c" } }, { toolResponse: { id: "c" } }, { text: "Seen." }];
  const { answer } = readAnswer([
    JSON.stringify({ candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] }),
  ]);
  assert.deepEqual(answer.choices[0]?.message, { role: "model", content: "Seen." });
  assert.equal(answer.toolResults, undefined);
});

Deno.test("gemini reads enumerations that are sent as numbers, by the service that sends them", () => {
  const json = {
    candidates: [{ content: { parts: [{ text: "x" }] }, finishReason: 7 }],
    usageMetadata: { promptTokenCount: 9, promptTokensDetails: [{ modality: 2, tokenCount: 5 }] },
  };
  const read = (path: string) => {
    const view = toRequestView({ path });
    const response = { status: 200, headers: new Map<string, string>(), contentType: "" };
    const context = { request: undefined, head: view, response, quirks: [], wantsDelta: false };
    const reader = gemini.createReader(context);
    reader.message({ text: JSON.stringify(json) });
    return reader.finish(true);
  };
  const cloud = read("/v1/projects/p/locations/l/publishers/google/models/m:generateContent");
  assert.equal(cloud.choices[0]?.rawFinishReason, "PROHIBITED_CONTENT");
  assert.equal(cloud.usage?.inputImageTokens, 5);
  assert.equal(read("/v1beta/models/m:generateContent").choices[0]?.rawFinishReason, "BLOCKLIST");
  const called = { contents: [], toolConfig: { functionCallingConfig: { mode: 2 } } };
  assert.equal(
    gemini.decodeRequest(toRequestView({ path: "/v1/models/m:generateContent", json: called }))?.toolChoice,
    "any",
  );
});

Deno.test("gemini tells how long an error asks to wait", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.Help" }, { retryDelay: "2.25s" }];
  const error = { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED", details };
  assert.equal(readAnswer([JSON.stringify({ error })]).answer.error?.retryAfterMs, 2250);
  const odd = { ...error, details: [{ retryDelay: "soon" }] };
  assert.equal(readAnswer([JSON.stringify({ error: odd })]).answer.error?.retryAfterMs, undefined);
});

Deno.test("gemini counts sound and pictures of what tools gave as input, and sound read from a cache", () => {
  const { answer } = readAnswer([JSON.stringify({
    candidates: [],
    usageMetadata: {
      promptTokenCount: 10,
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 8 }, { modality: "TEXT", tokenCount: 2 }],
      cachedContentTokenCount: 6,
      cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 5 }, { modality: "TEXT", tokenCount: 1 }],
      toolUsePromptTokenCount: 30,
      toolUsePromptTokensDetails: [{ modality: "IMAGE", tokenCount: 29 }, { modality: "AUDIO", tokenCount: 1 }],
    },
  })]);
  assert.deepEqual(answer.usage, {
    inputTokens: 40,
    cachedTokens: 6,
    cachedAudioTokens: 5,
    inputAudioTokens: 9,
    inputImageTokens: 29,
  });
});
