import assert from "node:assert/strict";
import { plan } from "./plan.ts";
import { draftOf, eventsOf, play, SECOND_NS } from "../../tests/support/drafts.ts";

Deno.test("plan publishes new steps and changes of status only", () => {
  const answer = (ordinal: number, todos: unknown[]) =>
    draftOf("ai.response", {
      ordinal,
      timeNs: ordinal * SECOND_NS,
      response: {
        choices: [{
          index: 0,
          message: {
            role: "assistant",
            toolCalls: [{ id: `t${ordinal}`, name: "TodoWrite", type: "function", arguments: { todos } }],
          },
        }],
      },
    });
  const events = play(plan, [
    answer(1, [{ content: "read", status: "pending" }, { content: "write", status: "pending" }]),
    answer(2, [{ content: "read", status: "completed" }, { content: "write", status: "pending" }]),
    answer(3, ["not a step", null]),
  ]);
  assert.deepEqual(
    eventsOf(events, "agent.plan_step").map(({ data }) => [data.description, data.status, data.step_type]),
    [["read", "pending", "planning"], ["write", "pending", "planning"], ["read", "completed", "revision"]],
  );
});

Deno.test("plan keeps the lists of two sessions of one program apart", () => {
  const answer = (sessionId: string, status: string) => {
    const call = {
      id: `t-${sessionId}-${status}`,
      name: "TodoWrite",
      type: "function",
      arguments: { todos: [{ content: "read", status }] },
    };
    const draft = draftOf("ai.response", {
      ordinal: 0,
      timeNs: 0,
      response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: [call] } }] },
    });
    return { ...draft, session: { sessionId, rule: "test", isInferred: false } };
  };
  const events = play(plan, [answer("a", "pending"), answer("b", "pending"), answer("a", "completed")]);
  assert.deepEqual(eventsOf(events, "agent.plan_step").map(({ data }) => [data.agent?.session_id, data.step_type]), [
    ["a", "planning"],
    ["b", "planning"],
    ["a", "revision"],
  ]);
});
