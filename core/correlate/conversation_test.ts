import assert from "node:assert/strict";
import type { EventOf } from "../model/oisp_event.ts";
import { conversation } from "./conversation.ts";
import { draftOf, play, SECOND_NS } from "../../tests/support/drafts.ts";

Deno.test("conversation follows a chain of previous response ids", () => {
  const answer = (ordinal: number, requestId: string, previousResponseId?: string) =>
    draftOf("ai.response", {
      ordinal,
      timeNs: ordinal * SECOND_NS,
      request: previousResponseId === undefined ? {} : { previousResponseId },
      response: { requestId },
    });
  const first = answer(1, "resp_1");
  const second = answer(2, "resp_2", "resp_1");
  const third = draftOf("ai.request", { ordinal: 3, timeNs: 1, request: { previousResponseId: "resp_2" } });
  play(conversation, [first, second, third]);
  assert.equal(third.event.related_events?.[0]?.event_id, second.event.event_id);
  assert.equal((third.event as EventOf<"ai.request">).data.conversation_id, "resp_1");
});
