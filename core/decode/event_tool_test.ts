import assert from "node:assert/strict";
import * as v from "valibot";
import { OispEventSchema } from "../model/event_schema.ts";
import type { DraftEvent } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { createCallStage } from "./call_stage.ts";

const MS = 1e6;

function play(request: unknown, answer: unknown): DraftEvent["event"][] {
  const events: DraftEvent["event"][] = [];
  const stage = createCallStage({ bootId: "b", clock: { offsetUs: 0 }, wantsChunks: false, maxBodyBytes: 1e6 }, {
    draft: ({ event, isSilent }) => {
      assert.ok(v.safeParse(OispEventSchema, event).success, JSON.stringify(event));
      if (isSilent !== true) events.push(event);
    },
    classified: () => {},
  });
  const headers = new Map([["content-type", "application/json"], ["mcp-protocol-version", "2025-06-18"]]);
  const facts = {
    headers,
    firstByteNs: 10 * MS,
    lastByteNs: 10 * MS,
    wireBodyBytes: 0,
    completeness: "complete" as const,
    reasons: [],
  };
  const exchange: HttpExchange = {
    connection: {
      connId: 1,
      processKey: 1,
      tgid: 1,
      tid: 1,
      cgroupId: 0,
      transport: "tls",
      joinedLate: false,
      serverSide: false,
    },
    ordinal: 0,
    protocol: "http/1.1",
    request: { ...facts, method: "POST", target: "/mcp", path: "/mcp", host: "mcp.example.test" },
  };
  const encode = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const sent = stage.request(exchange);
  sent?.data(encode(request), 10 * MS);
  sent?.end("complete", 10 * MS);
  exchange.response = { ...facts, status: 200, firstByteNs: 40 * MS, lastByteNs: 50 * MS };
  const received = stage.response(exchange);
  received?.data(encode(answer), 50 * MS);
  received?.end("complete", 50 * MS);
  stage.exchangeEnd(exchange, 50 * MS);
  return events;
}

Deno.test("an MCP tools/call is a tool call and its result with the exact duration, and no request to a model", () => {
  const [call, result, ...rest] = play(
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "search", arguments: { q: "x" } } },
    { jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: "found" }] } },
  );
  assert.equal(rest.length, 0);
  assert.ok(call?.event_type === "agent.tool_call" && result?.event_type === "agent.tool_result");
  assert.deepEqual(call.data.tool, { name: "search", type: "mcp", kind: "mcp", server: "mcp.example.test" });
  assert.equal(result.data.duration_ms, 40);
  assert.equal(result.data.success, true);
  assert.equal(result.data.related_event_id, call.event_id);
  assert.equal(call.confidence.level, "high");
});

Deno.test("other MCP methods publish nothing", () => {
  assert.deepEqual(
    play({ jsonrpc: "2.0", id: 1, method: "tools/list" }, { jsonrpc: "2.0", id: 1, result: { tools: [] } }),
    [],
  );
});
