import assert from "node:assert/strict";
import { session } from "./session.ts";
import { answerWithCall, context, draftOf, eventsOf, play, SECOND_NS } from "../../tests/support/drafts.ts";

Deno.test("session starts with the first request that has tools and ends with totals that admit unknown cost", () => {
  const headers = { "x-claude-code-session-id": "s-1" };
  const events = play(session, [
    draftOf("ai.request", { ordinal: 0, timeNs: 0, headers }),
    draftOf("ai.request", { ordinal: 1, timeNs: SECOND_NS, headers, request: { tools: [{ type: "function" }] } }),
    draftOf("ai.response", {
      ordinal: 1,
      timeNs: 4 * SECOND_NS,
      headers,
      response: answerWithCall.response ?? {},
      data: { usage: { total_tokens: 30 } },
    }),
  ]);
  const [start, end] = eventsOf(events, "agent.session");
  assert.equal(start?.data.action, "start");
  assert.deepEqual(end?.data.stats, {
    llm_calls: 1,
    tool_calls: 1,
    tool_failures: 0,
    tokens_used: 30,
    calls_without_cost: 1,
  });
  assert.equal(end?.data.duration_ms, 3000);
  assert.notEqual(start?.event_id, end?.event_id);
});

Deno.test("session ends after 30 minutes without a call", () => {
  const state = session.create();
  const headers = { "session-id": "s-2" };
  state.push(
    draftOf("ai.request", { ordinal: 0, timeNs: 0, headers, request: { tools: [{ type: "function" }] } }),
    context,
  );
  assert.equal(state.advance(1_799 * SECOND_NS, context).length, 0);
  assert.equal(state.advance(1_800 * SECOND_NS, context).length, 1);
  assert.equal(state.close(context).length, 0);
});
