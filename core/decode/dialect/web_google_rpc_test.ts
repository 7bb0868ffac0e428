import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webGoogleRpc } from "./web_google_rpc.ts";

const PATH = "/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate";

function decode(inner: unknown) {
  const text = JSON.stringify([null, typeof inner === "string" ? inner : JSON.stringify(inner)]);
  return webGoogleRpc.decodeRequest({
    ...toRequestView({ path: PATH }),
    messages: [{ name: "f.req", text }, { name: "at", text: "token" }],
  });
}

const row = (texts: readonly string[], ids = ["c_1", "r_1"]) => ({
  json: [["wrb.fr", null, JSON.stringify([null, ids, null, null, texts.map((text) => ["rc_1", [text]])])], ["di", 7]],
});

Deno.test("web_google_rpc reads the prompt and the conversation out of JSON inside JSON", () => {
  const request = decode([["hello ü", 0, null, []], ["en"], ["c_1", "r_0", "rc_0"]]);
  assert.deepEqual(request?.messages, [{ role: "user", content: "hello ü" }]);
  assert.deepEqual(request?.sessionKeys, { conversation: "c_1" });
  assert.equal(decode([["first", 0, null, []], null, ["", "", ""]])?.sessionKeys, undefined);
  for (const wrong of ["{", 7, [], [[7]], null]) assert.equal(decode(wrong), undefined);
});

Deno.test("web_google_rpc takes the newest of the answers that repeat themselves, with every choice", () => {
  const { kinds, answer } = readAnswer(webGoogleRpc, [
    { json: [["wrb.fr", null, JSON.stringify([null, ["c_1", "r_1"]])]] },
    row(["Hel", "Hi"]),
    row(["Hello", "Hi"]),
    row(["Hello", "Hi"]),
    { json: [["e", 4, null, null, 100]] },
  ]);
  assert.deepEqual(kinds, ["meta", "token", "token", "meta", "meta"]);
  assert.deepEqual(answer.choices.map(({ index, message }) => [index, message.content]), [[0, "Hello"], [1, "Hi"]]);
  assert.equal(answer.requestId, "r_1");
  assert.equal(answer.choices[0]?.finishReason, undefined);
});

Deno.test("web_google_rpc is told by its path only", () => {
  assert.ok(webGoogleRpc.matchHead(toRequestView({ path: PATH })) > 0.8);
  assert.equal(webGoogleRpc.matchHead(toRequestView({ path: "/_/BardChatUi/data/batchexecute" })), 0);
});
