import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { cursorConnect } from "./cursor_connect.ts";

Deno.test("cursor_connect knows which methods ask a model, and what for", () => {
  const of = (
    path: string,
  ) => [cursorConnect.matchHead(toRequestView({ path })), cursorConnect.requestType(toRequestView({ path }))];
  assert.deepEqual(of("/aiserver.v1.ChatService/StreamUnifiedChatWithToolsSSE"), [1, "chat"]);
  assert.deepEqual(of("/agent.v1.AgentService/Run"), [1, "chat"]);
  assert.deepEqual(of("/aiserver.v1.CppService/StreamCpp"), [1, "completion"]);
  for (const path of ["/aiserver.v1.AiService/AvailableModels", "/aiserver.v1.BidiService/BidiAppend"]) {
    assert.equal(cursorConnect.matchHead(toRequestView({ path })), 0, path);
  }
});

Deno.test("cursor_connect reads nothing of messages without a public schema", () => {
  const bytes = new TextEncoder().encode("claude-4-sonnet");
  const message = { name: "binary", text: "", bytes };
  assert.equal(cursorConnect.decodeRequest({ ...toRequestView({ path: "/" }), messages: [message] }), undefined);
  assert.deepEqual(readAnswer(cursorConnect, [message]).answer, { choices: [] });
});
