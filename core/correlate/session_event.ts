import type { DraftEvent, SessionRef, StoryContext } from "../model/draft.ts";
import { toDurationMs } from "../model/time.ts";
import { findAgent } from "./agent_facts.ts";
import { createDerivedEvent } from "./derived_event.ts";
import type { SessionTotals } from "./session_totals.ts";

/** One end of a session. */
export interface SessionPoint {
  readonly action: "start" | "end";
  /** Boot-clock time of the session's start. */
  readonly startNs: number;
  readonly timeNs: number;
  readonly reason?: string;
  readonly totals?: SessionTotals;
}

/** Makes `agent.session`: the start, or the end with its reason and totals, of the session that `first` began. */
export function toSessionEvent(
  first: DraftEvent,
  ref: SessionRef,
  context: StoryContext,
  point: SessionPoint,
): DraftEvent {
  const { action, startNs, timeNs, reason, totals } = point;
  const agent = findAgent(first);
  return createDerivedEvent(first, context, {
    eventType: "agent.session",
    index: action === "start" ? 0 : 1,
    timeNs,
    confidence: {
      level: ref.isInferred ? "inferred" : "high",
      completeness: "full",
      ...(reason !== undefined && { reasons: [reason] }),
    },
    data: {
      ...(agent !== undefined && { agent }),
      action,
      session_id: ref.sessionId,
      rule: ref.rule,
      ...(totals !== undefined && {
        ...(first.exchange?.knownTimes !== "none" && { duration_ms: toDurationMs(startNs, timeNs) }),
        stats: totals.toStats(),
      }),
    },
  });
}
