import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { mcp } from "./mcp.ts";

const HEADERS = { "mcp-protocol-version": "2025-06-18", "mcp-session-id": "s1" };
const CALL = { jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "search", arguments: { q: "x" } } };

function decode(json: unknown) {
  return mcp.decodeRequest(toRequestView({ path: "/mcp", headers: HEADERS, json }));
}

Deno.test("mcp reads a tools/call with a call id that the session makes unique, other methods give no call", () => {
  assert.deepEqual(decode(CALL)?.messages[0]?.toolCalls, [
    { id: "s1:3", name: "search", type: "mcp", arguments: { q: "x" } },
  ]);
  assert.deepEqual(decode({ jsonrpc: "2.0", id: 1, method: "tools/list" })?.messages, []);
  assert.equal(decode({ id: 1, method: "tools/call" }), undefined);
});

Deno.test("mcp reads text, structured content, tool errors and protocol errors, past notifications", () => {
  const request = decode(CALL);
  const read = (json: unknown, status = 200) =>
    readAnswer(mcp, [{ json: { jsonrpc: "2.0", method: "notifications/progress" } }, { json }], {
      ...(request !== undefined && { request }),
      status,
    }).answer.toolResults;
  assert.deepEqual(
    read({ jsonrpc: "2.0", id: 3, result: { content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] } }),
    [
      { callId: "s1:3", content: "a\nb", isError: false },
    ],
  );
  assert.deepEqual(read({ jsonrpc: "2.0", id: 3, result: { structuredContent: { n: 1 }, isError: true } }), [
    { callId: "s1:3", content: '{"n":1}', isError: true },
  ]);
  assert.deepEqual(read({ jsonrpc: "2.0", id: 3, error: { code: -32602, message: "bad" } }), [
    { callId: "s1:3", content: "bad", isError: true },
  ]);
});

Deno.test("mcp reads the list of tools with their hints, whatever the order of members", () => {
  const request = decode({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const read = (tools: unknown) =>
    readAnswer(mcp, [{ json: { jsonrpc: "2.0", id: 1, result: { tools } } }], { ...(request && { request }) }).answer
      .toolDefinitions;
  const schema = { type: "object", properties: { q: { type: "string" } } };
  const [tool] = read([{
    name: "search",
    description: "Finds.",
    inputSchema: schema,
    annotations: { readOnlyHint: true, openWorldHint: "yes" },
  }]) ?? [];
  assert.deepEqual(tool, {
    name: "search",
    type: "mcp",
    definition: '{"description":"Finds.","inputSchema":{"properties":{"q":{"type":"string"}},"type":"object"}}',
    hints: { isReadOnly: true },
  });
  const [turned] =
    read([{ inputSchema: { properties: schema.properties, type: "object" }, description: "Finds.", name: "search" }]) ??
      [];
  assert.equal(turned?.definition, tool?.definition);
  assert.deepEqual(read([{ description: "nameless" }, 7, null]), []);
  assert.equal(read({ name: "x" }), undefined);
});

Deno.test("mcp is recognised by its headers, and by its body where they are missing", () => {
  assert.ok(mcp.matchHead(toRequestView({ path: "/", headers: HEADERS })) > 0.9);
  assert.ok(mcp.matchBody(CALL, toRequestView({ path: "/" })) > 0.9);
  assert.equal(mcp.matchBody({ jsonrpc: "2.0", method: "eth_call" }, toRequestView({ path: "/" })), 0);
});
