import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { xaiGrpc } from "./xai_grpc.ts";

// Messages as the vendor's own protobuf library writes them.
const REQUEST = "0a0e0a0a0a08626520627269656610030a1f0a060a046c6f6f6b0a1312110a0f68747470733a2f2f782f792e706e6710010a" +
  "1c100222180a026331100152100a046c6f6f6b12087b226174223a357d0a0d0a050a0373656110053a026331120667726f6b" +
  "2d34384052020802753333333f8a010f0a0d0a046c6f6f6b12016422027b7d8a01021a009201020801980103";
const ANSWER = "0a03696431122808041a240a026f6b10021a180a026332100152100a046c6f6f6b12087b226174223a367d2202686d320b67" +
  "726f6b2d342d303730394a0f0804100a1811200a3003380258b960";
const CHUNKS = [
  "0a0369643212090a070a0348656c1002220667726f6b2d34",
  "0a0369643212080a040a026c6f1803220667726f6b2d343206080210011803",
];

function toMessage(hex: string) {
  return { name: "binary", text: "", bytes: Uint8Array.fromHex(hex) };
}

Deno.test("xai_grpc reads a request as the chat completion it is", () => {
  const view = { ...toRequestView({ path: "/xai_api.Chat/GetCompletion" }), messages: [toMessage(REQUEST)] };
  const found = xaiGrpc.decodeRequest(view);
  assert.equal(found?.model, "grok-4");
  assert.equal(found?.isStreaming, false);
  assert.equal(found?.systemPrompt, "be brief");
  assert.equal(found?.messageCount, 3);
  assert.deepEqual(found?.messages[1], { role: "user", content: "look", imageCount: 1 });
  assert.deepEqual(found?.messages[2]?.toolCalls, [
    { id: "c1", name: "look", type: "function", arguments: { at: 5 } },
  ]);
  assert.equal(found?.messages[3]?.toolResults?.[0]?.callId, "c1");
  assert.deepEqual(found?.tools.map(({ name, type }) => name ?? type), ["look", "web_search"]);
  assert.equal(found?.toolChoice, "auto");
  assert.deepEqual(found?.parameters, {
    temperature: 0.7,
    max_tokens: 64,
    reasoning_effort: "high",
    response_format: "json_object",
  });
});

Deno.test("xai_grpc reads an answer: text, reasoning, calls, counts, and the cost the vendor states", () => {
  const { answer } = readAnswer(xaiGrpc, [toMessage(ANSWER)], { path: "/xai_api.Chat/GetCompletion" });
  assert.deepEqual([answer.requestId, answer.model], ["id1", "grok-4-0709"]);
  const choice = answer.choices[0];
  assert.deepEqual([choice?.message.content, choice?.message.reasoning], ["ok", "hm"]);
  assert.deepEqual(choice?.message.toolCalls?.[0]?.arguments, { at: 6 });
  assert.equal(choice?.finishReason, "tool_calls");
  assert.equal(answer.usage?.outputTokens, 7);
  assert.equal(answer.usage?.totalTokens, 17);
  assert.equal(answer.usage?.cachedTokens, 2);
  assert.ok(Math.abs((answer.usage?.statedCostUsd ?? 0) - 1.2345e-6) < 1e-12);
});

Deno.test("xai_grpc joins the chunks of a stream", () => {
  const { answer, kinds } = readAnswer(xaiGrpc, CHUNKS.map(toMessage), { path: "/xai_api.Chat/GetCompletionChunk" });
  assert.deepEqual(kinds, ["token", "token"]);
  assert.equal(answer.choices[0]?.message.content, "Hello");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.equal(answer.usage?.totalTokens, 3);
});

Deno.test("xai_grpc gives nothing of what is cut or no message", () => {
  for (const hex of [REQUEST.slice(0, -2), "ff", "0b"]) {
    const view = { ...toRequestView({ path: "/xai_api.Chat/GetCompletion" }), messages: [toMessage(hex)] };
    assert.equal(xaiGrpc.decodeRequest(view), undefined, hex);
  }
  const { answer } = readAnswer(xaiGrpc, [toMessage("ff")], { path: "/xai_api.Chat/GetCompletion" });
  assert.deepEqual(answer, { choices: [] });
});

Deno.test("xai_grpc is found by its chat methods only", () => {
  const score = (path: string) => xaiGrpc.matchHead(toRequestView({ path }));
  assert.equal(score("/xai_api.Chat/GetCompletionChunk"), 1);
  assert.equal(score("/xai_api.Models/ListLanguageModels"), 0);
});

Deno.test("xai_grpc says of a deferred call that it was taken on", () => {
  const deferred = toMessage("0a02" + "6964");
  const { answer } = readAnswer(xaiGrpc, [deferred], { path: "/xai_api.Chat/StartDeferredCompletion" });
  assert.deepEqual(answer, { choices: [], requestId: "id", isAccepted: true });
});
