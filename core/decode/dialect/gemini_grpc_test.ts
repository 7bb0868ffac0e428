import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { geminiGrpc } from "./gemini_grpc.ts";

const LABS = "/google.ai.generativelanguage.v1beta.GenerativeService";
const CLOUD = "/google.cloud.aiplatform.v1.PredictionService";

// Messages as the vendor's own protobuf library writes them.
const LABS_REQUEST =
  "0a176d6f64656c732f67656d696e692d322e352d666c61736812230a071205686920c3a90a121a100a09696d6167652f706e" +
  "6712030001ff12047573657212540a4b22490a046c6f6f6b12410a2e0a046465657012262a240a220a046c697374121a3218" +
  "0a0911000000000000f03f0a031a01780a0208000a0220010a0f0a026174120911000000000000144012056d6f64656c1223" +
  "0a1b2a190a046c6f6f6b12110a0f0a066f757470757412051a0373656112047573657222181203454e4420ac022d3333333f" +
  "353333733fb201031080012a0f0a0d0a046c6f6f6b12056c6f6f6b732a0222003a040a020802420c0a0a1208626520627269" +
  "6566";
const LABS_ANSWER =
  "0a1e0a180a061202686d58010a07120548656c6c6f12056d6f64656c100118001a0a08071002180c20045003221067656d69" +
  "6e692d322e352d666c6173682a027231";
const LABS_VECTOR = "0a0e0a0ccdcccc3dcdcc4c3e9a99993e";
const CLOUD_REQUEST =
  "120c0a047573657212040a026869220c0dcdcc4c3e1d0000204228632a4870726f6a656374732f702f6c6f636174696f6e73" +
  "2f75732d63656e7472616c312f7075626c6973686572732f676f6f676c652f6d6f64656c732f67656d696e692d322e352d70" +
  "726f32080a060a046c6f6f6b420c120a0a086265206272696566";
const CLOUD_ANSWER =
  "122812240a056d6f64656c121b2a190a046c6f6f6b12110a0f0a026174120911000000000000f03f1801220608051006180b" +
  "5a0e67656d696e692d322e352d70726f6a027631";

function request(path: string, hex: string) {
  const messages = [{ name: "binary", text: "", bytes: Uint8Array.fromHex(hex) }];
  return geminiGrpc.decodeRequest({ ...toRequestView({ path }), messages });
}

function answer(path: string, ...hex: readonly string[]) {
  const messages = hex.map((one) => ({ name: "binary", text: "", bytes: Uint8Array.fromHex(one) }));
  return readAnswer(geminiGrpc, messages, { path }).answer;
}

Deno.test("gemini_grpc reads a request of the Gemini API as its JSON would be read", () => {
  const found = request(`${LABS}/StreamGenerateContent`, LABS_REQUEST);
  assert.equal(found?.model, "gemini-2.5-flash");
  assert.equal(found?.isStreaming, true);
  assert.equal(found?.messageCount, 3);
  assert.equal(found?.systemPrompt, "be brief");
  assert.deepEqual(found?.messages[0], { role: "user", content: "hi é", imageCount: 1 });
  assert.deepEqual(found?.messages[1]?.toolCalls?.[0]?.arguments, { at: 5, deep: { list: [1, "x", null, true] } });
  assert.equal(found?.messages[2]?.toolResults?.[0]?.content, '{"output":"sea"}');
  assert.deepEqual(found?.tools, [
    { name: "look", type: "function", description: "looks" },
    { type: "google_search" },
  ]);
  assert.equal(found?.toolChoice, "any");
  assert.deepEqual(found?.parameters, {
    temperature: 0.7,
    top_p: 0.95,
    max_tokens: 300,
    stop: ["END"],
    reasoning_effort: 128,
  });
});

Deno.test("gemini_grpc reads an answer of the Gemini API: text, thoughts, finish reason, counts", () => {
  const found = answer(`${LABS}/GenerateContent`, LABS_ANSWER);
  assert.deepEqual(found.choices, [{
    index: 0,
    message: { role: "model", content: "Hello", reasoning: "hm" },
    finishReason: "stop",
    rawFinishReason: "STOP",
  }]);
  assert.deepEqual([found.model, found.requestId], ["gemini-2.5-flash", "r1"]);
  assert.deepEqual(found.usage, {
    inputTokens: 7,
    outputTokens: 5,
    totalTokens: 12,
    cachedTokens: 4,
    reasoningTokens: 3,
  });
});

Deno.test("gemini_grpc reads Vertex AI by its own field numbers", () => {
  const found = request(`${CLOUD}/GenerateContent`, CLOUD_REQUEST);
  assert.equal(found?.model, "gemini-2.5-pro");
  assert.equal(found?.isStreaming, false);
  assert.deepEqual(found?.messages, [{ role: "user", content: "hi" }]);
  assert.equal(found?.systemPrompt, "be brief");
  assert.deepEqual(found?.parameters, { temperature: 0.2, top_k: 40, max_tokens: 99 });
  const said = answer(`${CLOUD}/GenerateContent`, CLOUD_ANSWER);
  assert.equal(said.choices[0]?.finishReason, "tool_calls");
  assert.deepEqual(said.choices[0]?.message.toolCalls?.[0]?.arguments, { at: 1 });
  assert.equal(said.usage?.totalTokens, 11);
});

Deno.test("gemini_grpc joins a stream, and an embedding has its length", () => {
  const found = answer(`${LABS}/StreamGenerateContent`, LABS_ANSWER, LABS_ANSWER);
  assert.equal(found.choices[0]?.message.content, "HelloHello");
  const vector = answer(`${LABS}/EmbedContent`, LABS_VECTOR);
  assert.deepEqual(vector.embedding, { count: 1, dimensions: 3 });
  assert.equal(geminiGrpc.requestType(toRequestView({ path: `${LABS}/EmbedContent` })), "embedding");
  assert.equal(geminiGrpc.requestType(toRequestView({ path: `${LABS}/CountTokens` })), "count_tokens");
});

Deno.test("gemini_grpc takes no model from the name of an endpoint", () => {
  const model = new TextEncoder().encode("projects/p/locations/l/endpoints/123");
  const bytes = Uint8Array.of(0x2a, model.length, ...model);
  const view = {
    ...toRequestView({ path: `${CLOUD}/GenerateContent` }),
    messages: [{ name: "binary", text: "", bytes }],
  };
  assert.equal(geminiGrpc.decodeRequest(view)?.model, undefined);
});

Deno.test("gemini_grpc tells errors of gRPC-Web and Connect, and gives nothing of what is no message", () => {
  const path = `${LABS}/GenerateContent`;
  const trailers = { name: "trailers", text: "grpc-status: 8\r\ngrpc-message: quota\r\n" };
  assert.deepEqual(readAnswer(geminiGrpc, [trailers], { path }).answer.error, { code: "8", message: "quota" });
  const end = { name: "end_stream", text: '{"error":{"code":"unavailable","message":"later"}}' };
  assert.deepEqual(readAnswer(geminiGrpc, [end], { path }).answer.error, { code: "unavailable", message: "later" });
  assert.equal(request(path, "ffff"), undefined);
  assert.equal(request(path, LABS_REQUEST.slice(0, -4)), undefined);
  assert.deepEqual(answer(path, "0a05"), { choices: [] });
});

Deno.test("gemini_grpc is found by the methods it knows, and by no other", () => {
  const score = (path: string) => geminiGrpc.matchHead(toRequestView({ path }));
  assert.equal(score(`${LABS}/GenerateContent`), 1);
  assert.equal(score("/google.cloud.aiplatform.v1beta1.LlmUtilityService/CountTokens"), 1);
  for (const path of [`${LABS}/Other`, `${LABS}/constructor`, "/google.pubsub.v1.Publisher/Publish", "/"]) {
    assert.equal(score(path), 0, path);
  }
});
