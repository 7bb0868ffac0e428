/**
 * Agent sessions: the first request with tools that carries a session key starts one; 30 minutes without a call, or the end of
 * capture, end it with its totals.
 *
 * State: 2,048 sessions; a session forgotten because the table is full is ended with what is known of it.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toDurationMs } from "../model/time.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { findAgent } from "./agent_facts.ts";
import { createDerivedEvent } from "./derived_event.ts";
import { findSessionKey, type SessionKey } from "./session_key.ts";

const IDLE_NS = 30 * 60e9;
const MAX_SESSIONS = 2_048;

interface Session {
  readonly key: SessionKey;
  readonly first: DraftEvent;
  lastNs: number;
  llmCalls: number;
  toolCalls: number;
  toolFailures: number;
  tokensUsed: number;
  costUsd: number;
  callsWithoutCost: number;
}

/** Start, end and totals of agent sessions. */
export const session: Correlator = {
  id: "session",
  summary: "Start, end and totals of agent sessions, by the key the agent sends",
  stability: "experimental",
  create: () => new SessionStory(),
};

class SessionStory implements CorrelatorState {
  /** Least recently used first. */
  readonly #sessions = new Map<string, Session>();

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    if (draft.event.event_type === "ai.request") return this.#request(draft, context);
    if (draft.event.event_type === "ai.response") this.#response(draft);
    return [];
  }

  advance(nowNs: number, context: StoryContext): readonly DraftEvent[] {
    const events: DraftEvent[] = [];
    for (const [id, open] of this.#sessions) {
      if (nowNs - open.lastNs < IDLE_NS) break;
      this.#sessions.delete(id);
      events.push(toSessionEvent(open, context, "end", "idle"));
    }
    return events;
  }

  close(context: StoryContext): readonly DraftEvent[] {
    const events = [...this.#sessions.values()].map((open) => toSessionEvent(open, context, "end", "capture_ended"));
    this.#sessions.clear();
    return events;
  }

  #request(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const key = findSessionKey(draft);
    if (key === undefined) return [];
    const known = this.#sessions.get(key.sessionId);
    if (known !== undefined) {
      this.#touch(known, draft.timeNs);
      return [];
    }
    // Auxiliary requests (titles, quota probes) carry the key as well, but no tools.
    if ((draft.call?.request?.tools.length ?? 0) === 0) return [];
    const opened = createSession(key, draft);
    this.#sessions.set(key.sessionId, opened);
    return [toSessionEvent(opened, context, "start"), ...this.#evict(context)];
  }

  #response(draft: DraftEvent): void {
    const key = findSessionKey(draft);
    const open = key && this.#sessions.get(key.sessionId);
    if (open === undefined || draft.event.event_type !== "ai.response") return;
    const { usage, cost } = draft.event.data;
    open.llmCalls++;
    open.toolCalls += (draft.call?.response?.choices ?? []).reduce(
      (sum, choice) => sum + (choice.message.toolCalls?.length ?? 0),
      0,
    );
    open.toolFailures += countFailures(draft);
    open.tokensUsed += usage?.total_tokens ?? 0;
    if (cost?.usd === undefined) open.callsWithoutCost++;
    else open.costUsd += cost.usd;
    this.#touch(open, draft.timeNs);
  }

  #touch(open: Session, timeNs: number): void {
    open.lastNs = timeNs;
    this.#sessions.delete(open.key.sessionId);
    this.#sessions.set(open.key.sessionId, open);
  }

  #evict(context: StoryContext): readonly DraftEvent[] {
    if (this.#sessions.size <= MAX_SESSIONS) return [];
    for (const [id, oldest] of this.#sessions) {
      this.#sessions.delete(id);
      return [toSessionEvent(oldest, context, "end", "table_full")];
    }
    return [];
  }
}

function createSession(key: SessionKey, first: DraftEvent): Session {
  return {
    key,
    first,
    lastNs: first.timeNs,
    llmCalls: 0,
    toolCalls: 0,
    toolFailures: 0,
    tokensUsed: 0,
    costUsd: 0,
    callsWithoutCost: 0,
  };
}

/** Failed results among those that the call's own turn answered, which is what this request added. */
function countFailures(draft: DraftEvent): number {
  const newest = draft.call?.request?.messages.at(-1)?.toolResults ?? [];
  return newest.filter((result) => result.isError === true).length;
}

function toSessionEvent(open: Session, context: StoryContext, action: "start" | "end", reason?: string): DraftEvent {
  const timeNs = action === "start" ? open.first.timeNs : open.lastNs;
  const agent = findAgent(open.first);
  return createDerivedEvent(open.first, context, {
    eventType: "agent.session",
    index: action === "start" ? 0 : 1,
    timeNs,
    confidence: { level: "high", completeness: "full", ...(reason !== undefined && { reasons: [reason] }) },
    data: {
      ...(agent !== undefined && { agent }),
      action,
      session_id: open.key.sessionId,
      rule: open.key.rule,
      ...(action === "end" && {
        ...(open.first.exchange?.knownTimes !== "none" &&
          { duration_ms: toDurationMs(open.first.timeNs, open.lastNs) }),
        stats: toStats(open),
      }),
    },
  });
}

function toStats(open: Session): NonNullable<EventOf<"agent.session">["data"]["stats"]> {
  return {
    llm_calls: open.llmCalls,
    tool_calls: open.toolCalls,
    tool_failures: open.toolFailures,
    tokens_used: open.tokensUsed,
    ...(open.callsWithoutCost === 0 && { cost_usd: open.costUsd }),
    ...(open.callsWithoutCost > 0 && { calls_without_cost: open.callsWithoutCost }),
  };
}
