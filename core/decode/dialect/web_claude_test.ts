import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webClaude } from "./web_claude.ts";

Deno.test("web_claude reads prompt and conversation, and Anthropic's events", () => {
  const request = webClaude.decodeRequest(toRequestView({
    path: "/api/organizations/o/chat_conversations/c-1/completion",
    json: { prompt: "hi", model: "claude-sonnet-4-5", attachments: [{}] },
  }));
  assert.deepEqual(request?.messages, [{ role: "user", content: "hi", fileCount: 1 }]);
  assert.deepEqual(request?.sessionKeys, { conversation: "c-1" });
  const { answer } = readAnswer(webClaude, [
    { json: { type: "message_start", message: { id: "m", role: "assistant", content: [] } } },
    { json: { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } },
    { json: { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hey" } } },
    { json: { type: "message_delta", delta: { stop_reason: "end_turn" } } },
    { json: { type: "message_limit", message_limit: {} } },
    { json: { type: "message_stop" } },
  ]);
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.equal(answer.choices[0]?.finishReason, "stop");
});
