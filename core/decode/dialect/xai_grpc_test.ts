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

/** A model that asks a tool of an MCP server, then one that searches the web in vain, and says something after each. */
const TOOLS_REQUEST =
  "0a080a040a0268691001120667726f6b2d348a01173a150a0477696b691a0d68747470733a2f2f772f6d63708a01021a00";
const TOOLS_ANSWER =
  "0a026131122908041a2510021a1d0a0263311006180152130a0877696b692e61736b12077b2271223a317d2a027a7a123010011a2c0a" +
  "09466f756e642069742e10051a1d0a0263311006180152130a0877696b692e61736b12077b2271223a317d1217080410021a110a0953" +
  "6f2069742069732e10022202686d122a10031a2610051a220a0263321002180322066e6f206e657452100a0a7765625f736561726368" +
  "12027b7d120f080310041a090a05446f6e652e1002320667726f6b2d344a15088c0110b40e188a1130ca013883064a020307586f";
/** Code that the vendor runs, with its output, and an answer in two pieces. */
const CODE_CHUNKS = [
  "0a026132122c0a2a10021a260a0263311004521e0a0e636f64655f657865637574696f6e120c7b22636f6465223a2231227d220667726f6b2d34",
  "0a02613212060a0210021804",
  "0a02613212400a3c0a0e7b227374646f7574223a2231227d10051a280a02633110041801521e0a0e636f64655f657865637574696f6e120c7b22" +
  "636f6465223a2231227d2001",
  "0a026132120b0a070a0349742010022002",
  "0a026132120f0a090a05697320312e100218032002320c081f10b60d18d50d4a020307",
];

Deno.test("xai_grpc takes outputs that follow one another for one answer, with what the vendor's tools gave", () => {
  const path = "/xai_api.Chat/GetCompletion";
  const view = { ...toRequestView({ path }), messages: [toMessage(TOOLS_REQUEST)] };
  const request = xaiGrpc.decodeRequest(view);
  assert.deepEqual(request?.tools, [{ type: "mcp", server: "wiki" }, { type: "web_search" }]);
  const { answer } = readAnswer(xaiGrpc, [toMessage(TOOLS_ANSWER)], {
    path,
    ...(request !== undefined && { request }),
  });
  assert.equal(answer.choices.length, 1);
  const { message, finishReason } = answer.choices[0] ?? {};
  assert.deepEqual([message?.content, message?.reasoning, finishReason], ["So it is.\nDone.", "hm", "stop"]);
  assert.deepEqual(message?.toolCalls, [
    { name: "ask", type: "mcp", id: "c1", arguments: { q: 1 }, isServerSide: true, server: "wiki" },
    { name: "web_search", type: "web_search", id: "c2", arguments: {}, isServerSide: true },
  ]);
  assert.deepEqual(answer.toolResults, [
    { callId: "c1", name: "ask", isServerSide: true, content: "Found it." },
    { callId: "c2", name: "web_search", isServerSide: true, isError: true, content: "no net" },
  ]);
  assert.deepEqual([answer.usage?.outputTokens, answer.usage?.besides], [342, undefined]);
});

Deno.test("xai_grpc joins the chunks of outputs that follow one another", () => {
  const { answer } = readAnswer(xaiGrpc, CODE_CHUNKS.map(toMessage), { path: "/xai_api.Chat/GetCompletionChunk" });
  assert.equal(answer.choices.length, 1);
  assert.equal(answer.choices[0]?.message.content, "It is 1.");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.choices[0]?.message.toolCalls?.map(({ arguments: given }) => given), [{ code: "1" }]);
  assert.equal(answer.toolResults?.[0]?.content, '{"stdout":"1"}');
  assert.deepEqual(answer.usage?.besides, [{ model: "", usage: {} }], "runs of tools have a price that is not told");
});

Deno.test("xai_grpc takes a call that comes in fragments when it is whole", () => {
  const { answer } = readAnswer(
    xaiGrpc,
    [
      "0a026133121b0a1910021a150a02633110011804520b0a046c6f6f6b12037b2261",
      "0a02613312210a1d10021a190a02633110011801520f0a046c6f6f6b12077b2261223a317d1804",
    ].map(toMessage),
    { path: "/xai_api.Chat/GetCompletionChunk" },
  );
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { name: "look", type: "function", id: "c1", arguments: { a: 1 } },
  ]);
});

Deno.test("xai_grpc keeps several answers apart where several were asked for", () => {
  const path = "/xai_api.Chat/GetCompletion";
  const asked = "0a080a040a0268691001120667726f6b2d344002";
  const request = xaiGrpc.decodeRequest({ ...toRequestView({ path }), messages: [toMessage(asked)] });
  const { answer } = readAnswer(
    xaiGrpc,
    [toMessage("0a026134120908031a050a01781002120b080310011a050a01791002")],
    { path, ...(request !== undefined && { request }) },
  );
  assert.deepEqual(answer.choices.map(({ index, message }) => [index, message.content]), [[0, "x"], [1, "y"]]);
});
