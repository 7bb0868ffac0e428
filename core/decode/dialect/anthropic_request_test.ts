import assert from "node:assert/strict";
import { anthropicMessages } from "./anthropic_messages.ts";
import { toRequestView } from "./dialect_testing.ts";

Deno.test("a request's system blocks, messages, tools and session are read; the billing line is no prompt", () => {
  const request = anthropicMessages.decodeRequest(toRequestView({
    path: "/v1/messages",
    json: {
      model: "claude-x",
      max_tokens: 64,
      stream: true,
      system: [{ type: "text", text: "x-anthropic-billing-header: cc_version=1" }, { type: "text", text: "Be brief" }, {
        type: "text",
        text: "Be kind",
      }],
      metadata: { user_id: '{"session_id":"s-1","device_id":"d"}' },
      tool_choice: { type: "tool", name: "f" },
      tools: [{ name: "f", description: "d", input_schema: {} }, { type: "web_search_20250305", name: "web_search" }],
      messages: [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: [{ type: "text", text: "a" }, { type: "tool_use", id: "t1", name: "f", input: { x: 1 } }],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "r" }], is_error: true },
            { type: "image", source: {} },
            { type: "text", text: "b" },
            { type: "text", text: "c" },
          ],
        },
      ],
    },
  }));
  assert.equal(request?.systemPrompt, "Be brief\nBe kind");
  assert.equal(request?.messageCount, 3);
  assert.deepEqual(request?.messages[1], {
    role: "assistant",
    content: "a",
    toolCalls: [{ name: "f", type: "function", id: "t1", arguments: { x: 1 } }],
  });
  assert.deepEqual(request?.messages[2], {
    role: "user",
    content: "b\nc",
    imageCount: 1,
    toolResults: [{ callId: "t1", content: "r", isError: true }],
  });
  assert.deepEqual(request?.tools, [{ type: "function", name: "f", description: "d" }, {
    type: "web_search_20250305",
    name: "web_search",
  }]);
  assert.equal(request?.toolChoice, "f");
  assert.deepEqual(request?.sessionKeys, { session_id: "s-1" });
  assert.deepEqual(request?.parameters, { max_tokens: 64 });
});

Deno.test("paths, headers and bodies lead to the format; a plain thread message does not", () => {
  const head = (path: string, headers = {}) => toRequestView({ path, headers });
  assert.equal(anthropicMessages.matchHead(head("/gateway/v1/messages")), 0.7);
  assert.equal(anthropicMessages.matchHead(head("/messages", { "anthropic-version": "2023-06-01" })), 1);
  assert.ok(anthropicMessages.matchHead(head("/v1/threads/t/messages")) < 0.5);
  assert.equal(
    anthropicMessages.matchHead(
      head("/v1/projects/p/locations/l/publishers/anthropic/models/claude-x@1:streamRawPredict"),
    ),
    1,
  );
  assert.equal(anthropicMessages.matchBody({ messages: [{ role: "user", content: "x" }], model: "m" }, head("/x")), 0);
  assert.ok(anthropicMessages.matchBody({ messages: [], tools: [{ name: "f", input_schema: {} }] }, head("/x")) > 0.8);
});

Deno.test("the model of a Vertex request is in its path", () => {
  const view = toRequestView({
    path: "/v1/projects/p/locations/l/publishers/anthropic/models/claude-x%401:streamRawPredict",
    json: { messages: [] },
  });
  const request = anthropicMessages.decodeRequest(view);
  assert.deepEqual([request?.model, request?.isStreaming], ["claude-x@1", true]);
});

Deno.test("the form asked for, by its newer and its older name, is a parameter; found tools are the text of their result", () => {
  const body = { model: "m", max_tokens: 5, messages: [] };
  for (
    const asked of [{ output_config: { format: { type: "json_schema" } } }, { output_format: { type: "json_schema" } }]
  ) {
    const json = { ...body, ...asked };
    const request = anthropicMessages.decodeRequest(toRequestView({ path: "/v1/messages", json }));
    assert.deepEqual(request?.parameters, { max_tokens: 5, response_format: "json_schema" });
  }
  const found = ["read_map", "find_route"].map((tool_name) => ({ type: "tool_reference", tool_name }));
  const messages = [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: found }] }];
  const request = anthropicMessages.decodeRequest(toRequestView({ path: "/v1/messages", json: { ...body, messages } }));
  assert.equal(request?.messages[0]?.toolResults?.[0]?.content, "read_map\nfind_route");
});

Deno.test("anthropic_messages offers the servers that no tool set takes up", () => {
  const toolsOf = (json: object) =>
    anthropicMessages.decodeRequest(toRequestView({ path: "/v1/messages", json: { messages: [], ...json } }))?.tools;
  const mcp_servers = [{ type: "url", name: "a", url: "https://a/mcp" }, { type: "url", name: "b" }, { url: "c" }];
  assert.deepEqual(toolsOf({ mcp_servers }), [{ type: "mcp", server: "a" }, { type: "mcp", server: "b" }]);
  assert.deepEqual(toolsOf({ mcp_servers, tools: [{ type: "mcp_toolset", mcp_server_name: "a" }] }), [
    { type: "mcp_toolset", server: "a" },
    { type: "mcp", server: "b" },
  ]);
});
