import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webDeepseek } from "./web_deepseek.ts";

const PATH = "/api/v0/chat/completion";
const start = (more = {}) => ({ json: { v: { response: { message_id: 2, status: "WIP", fragments: [], ...more } } } });
const fragment = (type: string, content: string) => ({ id: 1, type, content, references: [] });

Deno.test("web_deepseek reads prompt and conversation", () => {
  const request = webDeepseek.decodeRequest(
    toRequestView({ path: PATH, json: { prompt: "hi", chat_session_id: "s-1" } }),
  );
  assert.deepEqual(request?.messages, [{ role: "user", content: "hi" }]);
  assert.deepEqual(request?.sessionKeys, { conversation: "s-1" });
  assert.equal(webDeepseek.decodeRequest(toRequestView({ path: PATH, json: {} })), undefined);
});

Deno.test("web_deepseek applies patches to fragments, thoughts apart, until the page is told that it is finished", () => {
  const { kinds, answer } = readAnswer(webDeepseek, [
    { name: "ready", json: { request_message_id: 1, response_message_id: 2 } },
    start(),
    { json: { p: "response/fragments", o: "APPEND", v: [fragment("THINK", "h")] } },
    { json: { p: "response/fragments/-1/content", o: "APPEND", v: "m" } },
    {
      json: {
        p: "response",
        o: "BATCH",
        v: [
          { p: "has_pending_fragment", v: false },
          { p: "fragments", o: "APPEND", v: [fragment("RESPONSE", "Hel")] },
        ],
      },
    },
    { json: { p: "response/fragments/1/content", o: "APPEND", v: "l" } },
    { json: { v: "o" } },
    {
      json: {
        p: "response",
        o: "BATCH",
        v: [{ p: "status", v: "FINISHED" }, { p: "accumulated_token_usage", v: 115 }],
      },
    },
    { name: "close", json: { click_behavior: "none" } },
  ]);
  assert.deepEqual(kinds, ["meta", "meta", "token", "token", "token", "token", "token", "meta", "end"]);
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: { role: "assistant", content: "Hello", reasoning: "hm" },
    finishReason: "stop",
    rawFinishReason: "FINISHED",
  }]);
  assert.equal(answer.usage, undefined);
});

Deno.test("web_deepseek reads older answers without fragments, and invents no end for one that was cut", () => {
  const { answer } = readAnswer(webDeepseek, [
    start({ content: "", thinking_content: "" }),
    { json: { p: "response/thinking_content", o: "APPEND", v: "hm" } },
    { json: { p: "response/content", o: "APPEND", v: "Hel" } },
    { json: { v: "lo" } },
  ], { isComplete: false });
  assert.deepEqual(answer.choices, [{ index: 0, message: { role: "assistant", content: "Hello", reasoning: "hm" } }]);
});

Deno.test("web_deepseek reads refusals", () => {
  const { answer } = readAnswer(webDeepseek, [{ json: { code: 40003, msg: "Authorization Failed", data: null } }]);
  assert.deepEqual(answer, { choices: [], error: { code: "40003", message: "Authorization Failed" } });
});
