import assert from "node:assert/strict";
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelCall, ModelRequest, ModelResponse } from "../model/model_call.ts";
import type { EventOf, EventType } from "../model/oisp_event.ts";
import { toEventId } from "../model/ids.ts";
import type { Correlator } from "./correlator.ts";
import { conversation } from "./conversation.ts";
import { plan } from "./plan.ts";
import { CORRELATORS } from "./registry.ts";
import { retry } from "./retry.ts";
import { session } from "./session.ts";
import { tools } from "./tools.ts";

const context: StoryContext = {
  processes: { find: () => undefined },
  host: {},
  bootId: "test",
  clockOffsetUs: 1_700_000_000_000_000,
};

const SECOND_NS = 1e9;

interface CallOptions {
  readonly ordinal: number;
  readonly timeNs: number;
  readonly headers?: Record<string, string>;
  readonly request?: Partial<ModelRequest>;
  readonly response?: Partial<ModelResponse>;
  readonly data?: Record<string, unknown>;
}

function draftOf(eventType: "ai.request" | "ai.response", options: CallOptions): DraftEvent {
  const exchange = {
    connection: { connId: 7, processKey: 3 },
    ordinal: options.ordinal,
    request: { headers: new Map(Object.entries(options.headers ?? {})), firstByteNs: options.timeNs },
  } as unknown as HttpExchange;
  const call: ModelCall = {
    dialect: "test",
    provider: { id: "openai", name: "OpenAI" },
    endpoint: "https://api.openai.com/v1/chat/completions",
    request: { requestType: "chat", isStreaming: false, messages: [], tools: [], parameters: {}, ...options.request },
    ...(options.response && { response: { choices: [], ...options.response } }),
  };
  const event = {
    oisp_version: "0.1",
    event_id: toEventId(options.timeNs / 1000, {
      bootId: "test",
      processKey: 3,
      connId: 7,
      ordinal: options.ordinal,
      eventType,
      index: 0,
    }),
    event_type: eventType,
    timestamp: "2026-01-01T00:00:00.000000Z",
    confidence: { level: "high", completeness: "full" },
    data: { ...options.data },
  } as DraftEvent["event"];
  return { event, timeNs: options.timeNs, processKey: 3, exchange, call };
}

function play(correlator: Correlator, drafts: readonly DraftEvent[]): DraftEvent[] {
  const state = correlator.create();
  return [...drafts.flatMap((draft) => [...state.push(draft, context)]), ...state.close(context)];
}

function only<T extends EventType>(events: readonly DraftEvent[], eventType: T): EventOf<T>[] {
  return events.map((draft) => draft.event).filter((event): event is EventOf<T> => event.event_type === eventType);
}

const weatherCall = { id: "call_1", name: "get_weather", type: "function", arguments: { city: "Oslo" } };
const answerWithCall: CallOptions = {
  ordinal: 0,
  timeNs: 2 * SECOND_NS,
  response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: [weatherCall] } }] },
};

function requestWithResult(ordinal: number, timeNs: number): DraftEvent {
  return draftOf("ai.request", {
    ordinal,
    timeNs,
    request: {
      messages: [
        { role: "user", content: "weather?" },
        { role: "assistant", toolCalls: [weatherCall] },
        { role: "tool", toolResults: [{ callId: "call_1", content: "12 °C", isError: false }] },
      ],
    },
  });
}

Deno.test("tools publishes a call once and its result once although later requests repeat the history", () => {
  const events = play(tools, [
    draftOf("ai.response", answerWithCall),
    requestWithResult(1, 5 * SECOND_NS),
    requestWithResult(2, 9 * SECOND_NS),
    requestWithResult(3, 12 * SECOND_NS),
  ]);
  const [call] = only(events, "agent.tool_call");
  const results = only(events, "agent.tool_result");
  assert.equal(events.length, 2);
  assert.deepEqual(call?.data.arguments, { city: "Oslo" });
  assert.equal(results[0]?.data.related_event_id, call?.event_id);
  assert.equal(results[0]?.data.duration_ms, 3000);
  assert.equal(results[0]?.data.result_length, 6);
  assert.equal(results[0]?.data.success, true);
});

Deno.test("tools publishes a result whose call was before capture with the name of the history and no duration", () => {
  const [result] = only(play(tools, [requestWithResult(0, SECOND_NS)]), "agent.tool_result");
  assert.equal(result?.data.tool?.name, "get_weather");
  assert.equal(result?.data.duration_ms, undefined);
  assert.equal(result?.confidence.completeness, "partial");
});

Deno.test("tools matches calls without ids by name and order, and only in the newest turn", () => {
  const call = (name: string) => ({ name, type: "function", arguments: {} });
  const turn = (ordinal: number, timeNs: number) =>
    draftOf("ai.request", {
      ordinal,
      timeNs,
      request: {
        messages: [
          { role: "user", content: "go" },
          { role: "user", toolResults: [{ name: "old", content: "1" }] },
          { role: "model", toolCalls: [call("a"), call("b")] },
          { role: "user", toolResults: [{ name: "b", content: "2" }, { name: "a", content: "3" }] },
        ],
      },
    });
  const events = play(tools, [
    draftOf("ai.response", {
      ordinal: 0,
      timeNs: SECOND_NS,
      request: { messages: [{ role: "user", content: "go" }] },
      response: { choices: [{ index: 0, message: { role: "model", toolCalls: [call("a"), call("b")] } }] },
    }),
    turn(1, 2 * SECOND_NS),
    turn(2, 3 * SECOND_NS),
  ]);
  const results = only(events, "agent.tool_result");
  const calls = only(events, "agent.tool_call");
  assert.deepEqual(results.map((result) => result.data.tool?.name), ["b", "a"]);
  assert.deepEqual(results.map((result) => result.data.related_event_id), [calls[1]?.event_id, calls[0]?.event_id]);
});

Deno.test("tools gives MCP tools their server and built-in tools their kind", () => {
  const named = (name: string) => ({ id: name, name, type: "function" });
  const events = play(tools, [draftOf("ai.response", {
    ...answerWithCall,
    response: {
      choices: [{
        index: 0,
        message: { role: "assistant", toolCalls: ["mcp__github__list_issues", "Bash", "frobnicate"].map(named) },
      }],
    },
  })]);
  assert.deepEqual(only(events, "agent.tool_call").map((event) => [event.data.tool.kind, event.data.tool.server]), [
    ["mcp", "github"],
    ["shell", undefined],
    ["other", undefined],
  ]);
});

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
  const [start, end] = only(events, "agent.session");
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
    only(events, "agent.plan_step").map(({ data }) => [data.description, data.status, data.step_type]),
    [["read", "pending", "planning"], ["write", "pending", "planning"], ["read", "completed", "revision"]],
  );
});

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

Deno.test("every correlator has a unique id and a summary", () => {
  assert.equal(new Set(CORRELATORS.map(({ id }) => id)).size, CORRELATORS.length);
  for (const { summary } of CORRELATORS) assert.match(summary, /^[A-Z].*[^.]$/);
});
