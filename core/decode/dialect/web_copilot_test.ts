import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webCopilot } from "./web_copilot.ts";

const { dialect } = webCopilot;
const SEND = {
  event: "send",
  mode: "chat",
  conversationId: "c-1",
  content: [{ type: "text", text: "hi" }, { type: "image", url: "x" }],
};

Deno.test("web_copilot makes one turn of each message that is sent", () => {
  const turns = webCopilot.createTurns(toRequestView({ path: "/c/api/chat" }));
  assert.equal(turns.client({ event: "setOptions" }), undefined);
  assert.deepEqual(turns.client(SEND), { request: SEND });
  assert.equal(turns.server({ event: "received" }, "r", true), undefined);
  assert.deepEqual(turns.server({ event: "appendText" }, "a", true), { answer: "a" });
  assert.deepEqual(turns.server({ event: "done" }, "d", true), { answer: "d", isEnd: true });
  assert.equal(webCopilot.matchHead(toRequestView({ path: "/c/api/conversations" })), false);
});

Deno.test("web_copilot reads what was asked and joins the pieces of the answer", () => {
  const request = dialect.decodeRequest(toRequestView({ path: "/c/api/chat", json: SEND }));
  assert.deepEqual(request?.messages, [{ role: "user", content: "hi", imageCount: 1 }]);
  assert.deepEqual([request?.parameters, request?.sessionKeys], [{ mode: "chat" }, { conversation: "c-1" }]);
  const piece = (text: string) => ({ json: { event: "appendText", messageId: "m-1", partId: "0", text } });
  const { kinds, answer } = readAnswer(dialect, [piece("Hel"), piece("lo"), {
    json: { event: "done", messageId: "m-1" },
  }]);
  assert.deepEqual(kinds, ["token", "token", "end"]);
  assert.deepEqual(answer, {
    requestId: "m-1",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hello" },
      finishReason: "stop",
      rawFinishReason: "done",
    }],
  });
});

Deno.test("web_copilot invents no finish reason for a cut answer, and reads errors", () => {
  const cut = readAnswer(dialect, [{ json: { event: "appendText", text: "Hel" } }], { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.finishReason, undefined);
  const { answer } = readAnswer(dialect, [{ json: { event: "error", errorCode: "rate-limited" } }]);
  assert.deepEqual(answer, { choices: [], error: { code: "rate-limited" } });
});
