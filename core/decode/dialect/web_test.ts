import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webChatgpt } from "./web_chatgpt.ts";
import { webClaude } from "./web_claude.ts";
import { webPerplexity } from "./web_perplexity.ts";

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

Deno.test("web_perplexity takes the newest answer, whole or in pieces", () => {
  const request = webPerplexity.decodeRequest(toRequestView({
    path: "/rest/sse/perplexity_ask",
    json: { query_str: "why?", params: { model_preference: "pplx" } },
  }));
  assert.equal(request?.messages[0]?.content, "why?");
  const { kinds, answer } = readAnswer(webPerplexity, [
    { json: { uuid: "u", blocks: [{ markdown_block: { chunks: ["Be", "cau"] } }] } },
    {
      json: {
        uuid: "u",
        display_model: "sonar",
        text_completed: true,
        blocks: [{ markdown_block: { answer: "Because" } }],
      },
    },
  ]);
  assert.deepEqual(kinds, ["token", "end"]);
  assert.equal(answer.choices[0]?.message.content, "Because");
  assert.equal(answer.model, "sonar");
});
