import assert from "node:assert/strict";
import { retry } from "./retry.ts";
import { draftOf, play, SECOND_NS } from "../../tests/support/drafts.ts";

Deno.test("retry links a repeated request to the failed answer once", () => {
  const request = { messages: [{ role: "user", content: "hello" }] };
  const failed = draftOf("ai.response", {
    ordinal: 0,
    timeNs: SECOND_NS,
    request,
    data: { success: false, status_code: 429 },
  });
  const again = draftOf("ai.request", { ordinal: 1, timeNs: 2 * SECOND_NS, request });
  const third = draftOf("ai.request", { ordinal: 2, timeNs: 3 * SECOND_NS, request });
  play(retry, [failed, again, third]);
  assert.equal(again.event.related_events?.[0]?.event_id, failed.event.event_id);
  assert.equal(third.event.related_events, undefined);
});
