import assert from "node:assert/strict";
import type { EventOf } from "../model/oisp_event.ts";
import { SessionTotals } from "./session_totals.ts";

type Answer = EventOf<"ai.response">;

/** An answer of the kind given, with nothing but its usage. */
function answerOf(requestType: "chat" | "count_tokens", usage: Answer["data"]["usage"]): Answer {
  return { event_type: "ai.response", data: { request_type: requestType, usage } } as Answer;
}

Deno.test("tokens that were counted are no tokens that were used", () => {
  const totals = new SessionTotals();
  totals.response(answerOf("count_tokens", { prompt_tokens: 900 }));
  totals.response(answerOf("chat", { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 }));
  const { llm_calls, tokens_used, calls_without_usage } = totals.toStats();
  assert.deepEqual({ llm_calls, tokens_used, calls_without_usage }, {
    llm_calls: 1,
    tokens_used: 3,
    calls_without_usage: undefined,
  });
});
