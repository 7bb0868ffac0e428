import assert from "node:assert/strict";
import { readAnswer } from "./dialect_testing.ts";
import { webChatgpt } from "./web_chatgpt.ts";

const message = (role: string, text: string) => ({
  id: "m1",
  author: { role },
  content: { content_type: "text", parts: [text] },
  status: "in_progress",
  metadata: { model_slug: "gpt-5" },
});

Deno.test("web_chatgpt applies patches, bare values repeat the last one, and the user's own message is not the answer", () => {
  const { kinds, answer } = readAnswer(webChatgpt, [
    { text: '"v1"' },
    { json: { p: "", o: "add", v: { message: message("user", "hi"), conversation_id: "c" } } },
    { json: { v: { message: message("assistant", "") } } },
    { json: { p: "/message/content/parts/0", o: "append", v: "Hel" } },
    { json: { v: "lo" } },
    {
      json: {
        p: "",
        o: "patch",
        v: [
          { p: "/message/content/parts/0", o: "append", v: "!" },
          { p: "/message/status", o: "replace", v: "finished_successfully" },
          { p: "/message/metadata", o: "append", v: { finish_details: { type: "stop" } } },
        ],
      },
    },
    { text: "[DONE]" },
  ]);
  assert.deepEqual(kinds, ["meta", "meta", "meta", "token", "token", "token", "end"]);
  assert.equal(answer.choices[0]?.message.content, "Hello!");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.equal(answer.model, "gpt-5");
});

Deno.test("web_chatgpt invents no finish reason for a cut stream", () => {
  const { answer } = readAnswer(webChatgpt, [
    { json: { v: { message: message("assistant", "") } } },
    { json: { p: "/message/content/parts/0", o: "append", v: "Hel" } },
  ], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "Hel");
  assert.equal(answer.choices[0]?.finishReason, undefined);
});
