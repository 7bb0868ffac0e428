import assert from "node:assert/strict";
import { toRequestView } from "./dialect_testing.ts";
import { openaiRealtime } from "./openai_realtime.ts";

const HEAD = { ...toRequestView({ path: "/v1/realtime", method: "GET" }), query: "model=gpt-realtime&x=1" };

Deno.test("openai_realtime collects items between two responses and starts each with an empty list", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  const item = { type: "message", role: "user", content: "a" };
  turns.client({ type: "conversation.item.create", item });
  const first = turns.client({ type: "response.create" })?.request;
  turns.server({ type: "response.done" }, "{}", true);
  const second = turns.client({ type: "response.create", response: { instructions: "now" } })?.request;
  assert.deepEqual(first, { model: "gpt-realtime", input: [item], stream: true });
  assert.deepEqual(second, { model: "gpt-realtime", input: [], instructions: "now", stream: true, has_history: true });
});

Deno.test("openai_realtime gives sound no place in the answer and ends with response.done only", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  assert.equal(turns.server({ type: "response.output_audio.delta", delta: "AAAA" }, "{}", true), undefined);
  assert.equal(turns.server({ type: "response.created" }, "{}", true)?.isEnd, false);
  assert.equal(turns.server({ type: "response.done", response: null }, "{}", true)?.isEnd, true);
});
