import assert from "node:assert/strict";
import type { EventOf } from "../model/oisp_event.ts";
import type { DraftEvent } from "../model/draft.ts";
import { CORRELATORS } from "./registry.ts";
import {
  answerWithCall,
  type CallOptions,
  draftOf,
  eventsOf,
  exitOf,
  requestWithResult,
  SECOND_NS,
  Stories,
} from "../../tests/support/drafts.ts";

const TOOLS = [{ type: "function", name: "get_weather" }];
const NAMED = { "x-claude-code-session-id": "s-1" };
const QUESTION = [{ role: "user", content: "weather?" }];

/** A request, or an answer, of a process. */
function of(pid: number, eventType: "ai.request" | "ai.response", options: CallOptions): DraftEvent {
  const draft = draftOf(eventType, options);
  draft.event.process = { pid };
  return draft;
}

function ask(pid: number, ordinal: number, timeNs: number, headers: Record<string, string> = NAMED): DraftEvent {
  return of(pid, "ai.request", { ordinal, timeNs, headers, request: { tools: TOOLS, messages: QUESTION } });
}

function sessionsOf(events: readonly DraftEvent[]): EventOf<"agent.session">[] {
  return eventsOf(events, "agent.session");
}

Deno.test("session starts with the first request that has tools and ends with totals that admit unknown cost", () => {
  const stories = new Stories(CORRELATORS);
  const events = [
    ...stories.push(draftOf("ai.request", { ordinal: 0, timeNs: 0, headers: NAMED })),
    ...stories.push(ask(9, 1, SECOND_NS)),
    ...stories.push(of(9, "ai.response", {
      ...answerWithCall,
      ordinal: 1,
      timeNs: 4 * SECOND_NS,
      headers: NAMED,
      data: { usage: { total_tokens: 30 } },
    })),
    ...stories.push({ ...requestWithResult(2, 5 * SECOND_NS), processKey: 3 }),
    ...stories.close(),
  ];
  const [start, end, ...rest] = sessionsOf(events);
  assert.deepEqual(rest, []);
  assert.deepEqual([start?.data.action, start?.data.rule], ["start", "header:x-claude-code-session-id"]);
  assert.deepEqual(end?.data.stats, {
    llm_calls: 1,
    turns: 1,
    tool_calls: 1,
    tool_failures: 0,
    tokens_used: 30,
    calls_without_cost: 1,
  });
  assert.equal(end?.data.duration_ms, 3000);
  assert.deepEqual(end?.confidence.reasons, ["capture_ended"]);
  assert.notEqual(start?.event_id, end?.event_id);
});

Deno.test("session ends after 30 minutes without a call", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(ask(9, 0, 0));
  assert.equal(stories.advance(1_799 * SECOND_NS).length, 0);
  assert.deepEqual(sessionsOf(stories.advance(1_800 * SECOND_NS))[0]?.confidence.reasons, ["idle"]);
  assert.equal(stories.close().length, 0);
});

Deno.test("session without a name is inferred from program and first message, and ends when the process ends", () => {
  const stories = new Stories(CORRELATORS);
  const request = ask(9, 0, 0, {});
  const [start, ...others] = sessionsOf(stories.push(request));
  assert.deepEqual(others, []);
  assert.deepEqual([start?.data.session_id, start?.confidence.level], [request.event.event_id, "inferred"]);
  const answer = of(9, "ai.response", { ...answerWithCall, request: request.call?.request ?? {} });
  const answered: DraftEvent = {
    ...answer,
    call: { ...request.call, ...answer.call, request: request.call?.request } as DraftEvent["call"] & object,
  };
  const call = eventsOf(stories.push(answered), "agent.tool_call")[0];
  assert.equal(call?.data.agent?.session_id, request.event.event_id);
  // The next turn of the conversation, and another conversation of the same program.
  assert.equal(sessionsOf(stories.push(ask(9, 1, SECOND_NS, {}))).length, 0);
  const other = of(9, "ai.request", {
    ordinal: 2,
    timeNs: SECOND_NS,
    request: { tools: TOOLS, messages: [{ role: "user", content: "other" }] },
  });
  assert.equal(sessionsOf(stories.push(other)).length, 1);
  const ends = sessionsOf(stories.push(exitOf(9, 8 * SECOND_NS)));
  assert.deepEqual(ends.map(({ data, confidence }) => [data.action, confidence.reasons]), [
    ["end", ["process_ended"]],
    ["end", ["process_ended"]],
  ]);
  assert.equal(ends[0]?.data.duration_ms, 8000);
  assert.equal(stories.close().length, 0);
});

Deno.test("session that the client names goes on in the next process, and ends a minute after the last one", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(ask(9, 0, 0));
  assert.equal(sessionsOf(stories.push(exitOf(9, SECOND_NS))).length, 0);
  assert.equal(sessionsOf(stories.push(ask(10, 1, 2 * SECOND_NS))).length, 0);
  assert.equal(sessionsOf(stories.advance(100 * SECOND_NS)).length, 0);
  stories.push(exitOf(10, 101 * SECOND_NS));
  assert.equal(sessionsOf(stories.advance(160 * SECOND_NS)).length, 0);
  const [end] = sessionsOf(stories.advance(161 * SECOND_NS));
  assert.deepEqual([end?.data.duration_ms, end?.confidence.reasons], [101_000, ["process_ended"]]);
});

Deno.test("session of requests without tools, and of requests that name none in no known program, is none", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(draftOf("ai.request", { ordinal: 0, timeNs: 0, request: { messages: QUESTION } }));
  stories.push({ ...ask(9, 1, 0, {}), processKey: 0 });
  assert.equal(stories.close().length, 0);
});

Deno.test("session follows a chain of answers that the requests continue", () => {
  const stories = new Stories(CORRELATORS);
  const first = ask(9, 0, 0, {});
  stories.push(first);
  const answer = of(9, "ai.response", { ordinal: 0, timeNs: SECOND_NS, response: { requestId: "resp_1" } });
  stories.push({ ...answer, call: { dialect: "t", ...first.call, response: { choices: [], requestId: "resp_1" } } });
  const next = of(9, "ai.request", {
    ordinal: 1,
    timeNs: 2 * SECOND_NS,
    request: { tools: TOOLS, isDelta: true, previousResponseId: "resp_1" },
  });
  assert.equal(sessionsOf(stories.push(next)).length, 0);
  assert.equal(next.session?.sessionId, first.event.event_id);
});

Deno.test("session counts a command that was started before the answer that asked for it had ended", () => {
  const stories = new Stories([CORRELATORS[0], CORRELATORS.at(-1)].filter((story) => story !== undefined));
  stories.push(ask(9, 0, 0));
  const call = {
    event: {
      event_type: "agent.tool_call",
      event_id: "A",
      data: { tool: { name: "bash", kind: "shell" } },
      related_events: [{ event_id: "E", relationship: "causes", rule: "argv_exact" }],
    },
    timeNs: SECOND_NS,
    processKey: 3,
    session: { sessionId: "s-1", rule: "test", isInferred: false },
  } as unknown as DraftEvent;
  stories.push(call);
  assert.equal(sessionsOf(stories.close())[0]?.data.stats?.commands, 1);
});

Deno.test("session counts commands, files and failures of its tool calls", () => {
  const stories = new Stories(CORRELATORS);
  stories.push(ask(9, 0, 0));
  const shell = { id: "call_1", name: "bash", type: "function", arguments: { command: "make test" } };
  const answer = of(9, "ai.response", {
    ...answerWithCall,
    headers: NAMED,
    response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: [shell] } }] },
  });
  const call = eventsOf(stories.push(answer), "agent.tool_call")[0];
  const effect = (eventType: string, rule: string, data: unknown) =>
    stories.push({
      event: {
        event_type: eventType,
        event_id: rule,
        data,
        related_events: [{ event_id: call?.event_id, relationship: "caused_by", rule }],
      },
      timeNs: SECOND_NS,
      processKey: 50,
    } as unknown as DraftEvent);
  effect("process.exec", "argv_exact", { pid: 50, args: [] });
  effect("process.exec", "started_by", { pid: 51, args: [] });
  effect("file.write", "started_by", { path: "/a" });
  effect("file.write", "started_by", { path: "/a" });
  effect("file.read", "started_by", { path: "/b" });
  const failed = [{ callId: "call_1", content: "no", isError: true }];
  stories.push(of(9, "ai.request", {
    ordinal: 1,
    timeNs: 2 * SECOND_NS,
    headers: NAMED,
    request: {
      tools: TOOLS,
      messages: [...QUESTION, { role: "assistant", toolCalls: [shell] }, { role: "tool", toolResults: failed }],
    },
  }));
  assert.deepEqual(sessionsOf(stories.close())[0]?.data.stats, {
    llm_calls: 1,
    turns: 1,
    tool_calls: 1,
    tool_failures: 1,
    calls_without_usage: 1,
    calls_without_cost: 1,
    commands: 1,
    files_read: 1,
    files_written: 1,
  });
});

Deno.test("session counts turns by the client's own word, else by what the user added, and no call for something else", () => {
  const statsOf = (drafts: readonly DraftEvent[]) => {
    const stories = new Stories(CORRELATORS);
    for (const draft of drafts) stories.push(draft);
    return sessionsOf(stories.close())[0]?.data.stats;
  };
  const turn = (ordinal: number, texts: number, more: Record<string, string> = {}) =>
    of(9, "ai.request", {
      ordinal,
      timeNs: ordinal * SECOND_NS,
      headers: { ...NAMED, ...more },
      request: { tools: TOOLS, messages: Array.from({ length: texts }, () => ({ role: "user", content: "weather?" })) },
    });
  // A question, its second step, another question, a summary in place of all, a question after it.
  assert.equal(statsOf([turn(0, 1), turn(1, 1), turn(2, 2), turn(3, 1), turn(4, 2)])?.turns, 3);
  const prompt = (id: string) => ({ "x-claude-code-prompt-id": id });
  assert.equal(statsOf([turn(0, 1, prompt("a")), turn(1, 2, prompt("a")), turn(2, 3, prompt("b"))])?.turns, 2);
  const title = of(9, "ai.response", {
    ordinal: 1,
    timeNs: SECOND_NS,
    headers: { ...NAMED, "x-claude-code-request-class": "auxiliary" },
    response: {},
  });
  const stats = statsOf([turn(0, 1), title]);
  assert.deepEqual([stats?.turns, stats?.llm_calls, stats?.auxiliary_calls], [1, 1, 1]);
});
