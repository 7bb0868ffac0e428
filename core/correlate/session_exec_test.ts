/** Sessions of known agents begin when the agent's program was started, though they are named later. */
import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import { CORRELATORS } from "./registry.ts";
import { draftOf, eventsOf, exitOf, SECOND_NS, Stories } from "../../tests/support/drafts.ts";

const TOOLS = [{ type: "function", name: "bash" }];
const AGENT_KEY = 3;

/** The start of an agent's program run. */
function started(timeNs: number, more: Partial<DraftEvent> & { category?: string } = {}): DraftEvent {
  const { category = "agent-cli", ...rest } = more;
  const event = {
    event_type: "process.exec",
    event_id: `exec_${timeNs}`,
    app: { tier: "identified", id: "codex-cli", category },
    data: { pid: 9 },
    confidence: {},
  };
  return { event, timeNs, processKey: AGENT_KEY, isAppProgram: true, ...rest } as unknown as DraftEvent;
}

function ask(ordinal: number, timeNs: number, session: string, tools = TOOLS): DraftEvent {
  const draft = draftOf("ai.request", { ordinal, timeNs, headers: { "session-id": session }, request: { tools } });
  draft.event.process = { pid: 9 };
  return draft;
}

const sessionsOf = (drafts: readonly DraftEvent[]) => eventsOf(drafts, "agent.session");

Deno.test("session of a known agent begins with its program, is told with its first request, and names the start", () => {
  const stories = new Stories(CORRELATORS);
  assert.equal(sessionsOf(stories.push(started(SECOND_NS))).length, 0);
  // Titles and quota probes are no start.
  assert.equal(sessionsOf(stories.push(ask(0, 2 * SECOND_NS, "s-1", []))).length, 0);
  const [start, ...others] = sessionsOf(stories.push(ask(1, 5 * SECOND_NS, "s-1")));
  assert.deepEqual(others, []);
  assert.deepEqual([start?.data.action, start?.data.session_id], ["start", "s-1"]);
  assert.equal(start?.timestamp, "2023-11-14T22:13:21.000000Z");
  assert.deepEqual(start?.related_events, [{
    event_id: `exec_${SECOND_NS}`,
    relationship: "related",
    rule: "agent_exec",
  }]);
  // Neither a later request nor another session of the same program begins there again.
  assert.equal(sessionsOf(stories.push(ask(2, 6 * SECOND_NS, "s-1"))).length, 0);
  const [second] = sessionsOf(stories.push(ask(3, 8 * SECOND_NS, "s-2")));
  assert.deepEqual([second?.timestamp, second?.related_events], ["2023-11-14T22:13:28.000000Z", undefined]);
  const ends = sessionsOf(stories.close());
  assert.deepEqual(ends.map(({ data }) => [data.session_id, data.duration_ms]), [["s-1", 5000], ["s-2", 0]]);
});

Deno.test("session never begins with an agent that makes no call, and nothing of it stays open", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(started(0));
  assert.equal(sessionsOf(stories.push(exitOf(9, SECOND_NS))).length, 0);
  assert.deepEqual([...stories.advance(7_200 * SECOND_NS), ...stories.close()], []);
});

Deno.test("session begins with its first request where the program was started half an hour before, or is no agent's own", () => {
  const startOf = (exec: DraftEvent, askedNs: number) => {
    const stories = new Stories(CORRELATORS);
    stories.push(exec);
    const [start] = sessionsOf(stories.push(ask(0, askedNs, "s-1")));
    return start?.related_events === undefined ? "request" : "program";
  };
  assert.equal(startOf(started(0), 1_799 * SECOND_NS), "program");
  assert.equal(startOf(started(0), 1_800 * SECOND_NS), "request");
  assert.equal(startOf(started(0, { category: "ide" }), SECOND_NS), "request");
  assert.equal(startOf(started(0, { processKey: 4 }), SECOND_NS), "request");
  const { isAppProgram: _, ...below } = started(0);
  assert.equal(startOf(below, SECOND_NS), "request");
});

Deno.test("session begins with a program whose start is no event, without a link to it", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(started(SECOND_NS, { isSilent: true }));
  const [start] = sessionsOf(stories.push(ask(0, 5 * SECOND_NS, "s-1")));
  assert.deepEqual([start?.timestamp, start?.related_events], ["2023-11-14T22:13:21.000000Z", undefined]);
});

Deno.test("session that goes on in the next process of the agent does not start again", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(started(0));
  stories.push(ask(0, SECOND_NS, "s-1"));
  stories.push(exitOf(9, 2 * SECOND_NS));
  stories.push(started(3 * SECOND_NS, { processKey: 4 }));
  const next = { ...ask(1, 4 * SECOND_NS, "s-1"), processKey: 4 };
  assert.equal(sessionsOf(stories.push(next)).length, 0);
  // The program has had its first session: a later one begins with its request.
  const [other] = sessionsOf(stories.push({ ...ask(2, 5 * SECOND_NS, "s-2"), processKey: 4 }));
  assert.equal(other?.related_events, undefined);
});
