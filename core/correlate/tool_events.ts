/** Makes the events of tool calls and results. */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { ToolCall, ToolResult } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toDurationMs } from "../model/time.ts";
import { findAgent } from "./agent_facts.ts";
import { createDerivedEvent } from "./derived_event.ts";
import { readResultFacts } from "./result_facts.ts";
import { readScriptCalls } from "./script_calls.ts";
import { findToolKind } from "./tool_kind.ts";

/** What a result needs to know of the call it answers. */
export interface AnsweredCall {
  readonly name: string;
  readonly type: string;
  readonly server?: string;
  readonly eventId: string;
  /** The format gives it an id; without one, name and order told which call a result answers. */
  readonly isNamed: boolean;
  /** Undefined when it is not known to more than a rough moment. */
  readonly endedNs: number | undefined;
}

type ToolData = NonNullable<EventOf<"agent.tool_call">["data"]["tool"]>;

const encoder = new TextEncoder();

function toToolData(name: string | undefined, type?: string, server?: string): ToolData {
  if (name === undefined) return {};
  const facts = findToolKind(name, type, server);
  return {
    name,
    ...(type !== undefined && { type }),
    kind: facts.kind,
    ...(facts.server !== undefined && { server: facts.server }),
  };
}

/** `agent.tool_call` of a call in an answer. */
export function toCallEvent(draft: DraftEvent, context: StoryContext, call: ToolCall, index: number): DraftEvent {
  const agent = findAgent(draft);
  return createDerivedEvent(draft, context, {
    eventType: "agent.tool_call",
    index,
    timeNs: draft.timeNs,
    confidence: call.argumentsIncomplete
      ? { level: "high", completeness: "partial", missing: ["arguments"], reasons: ["arguments_incomplete"] }
      : { level: "high", completeness: "full" },
    data: {
      ...(agent !== undefined && { agent }),
      tool: toToolData(call.name, call.type, call.server),
      ...(call.id !== undefined && { call_id: call.id }),
      ...(call.arguments !== undefined && { arguments: call.arguments }),
      ...(call.argumentsLength !== undefined && { arguments_length: call.argumentsLength }),
      ...(call.argumentsIncomplete && { arguments_incomplete: true }),
      related_event_id: draft.event.event_id,
    },
  });
}

/** `agent.tool_call`s inside the script of a call whose tool runs scripts; `parent_call_id` names that call. */
export function toScriptCallEvents(
  draft: DraftEvent,
  context: StoryContext,
  call: ToolCall,
  firstIndex: number,
): DraftEvent[] {
  if (call.type !== "custom" || typeof call.arguments !== "string") return [];
  const agent = findAgent(draft);
  return readScriptCalls(call.arguments).map((inner, position) =>
    createDerivedEvent(draft, context, {
      eventType: "agent.tool_call",
      index: firstIndex + position,
      timeNs: draft.timeNs,
      confidence: {
        level: "medium",
        completeness: inner.arguments === undefined ? "partial" : "full",
        ...(inner.arguments === undefined && { missing: ["arguments"] }),
        reasons: ["call_in_script"],
      },
      data: {
        ...(agent !== undefined && { agent }),
        tool: toToolData(inner.name, "function"),
        ...(call.id !== undefined && { call_id: `${call.id}.${position}`, parent_call_id: call.id }),
        ...(inner.arguments !== undefined && { arguments: inner.arguments }),
        related_event_id: draft.event.event_id,
      },
    })
  );
}

/**
 * `agent.tool_result`. Its duration is what the result itself states, else the time from the end of the answer that carried the
 * call to the first byte of the request that carries the result: an upper bound.
 */
export function toResultEvent(
  draft: DraftEvent,
  context: StoryContext,
  result: ToolResult,
  call: AnsweredCall | undefined,
  index: number,
): DraftEvent {
  const agent = findAgent(draft);
  const tool = toToolData(call?.name ?? result.name, call?.type, call?.server);
  const facts = readResultFacts(result, tool.kind, tool.name);
  return createDerivedEvent(draft, context, {
    eventType: "agent.tool_result",
    index,
    timeNs: draft.timeNs,
    confidence: call === undefined
      ? { level: "medium", completeness: "partial", missing: ["call"], reasons: ["call_before_capture"] }
      : { level: call.isNamed && result.callId !== undefined ? "high" : "medium", completeness: "full" },
    data: {
      ...(agent !== undefined && { agent }),
      tool,
      ...(result.callId !== undefined && { call_id: result.callId }),
      ...(facts.success !== undefined && { success: facts.success }),
      ...(result.content !== undefined && {
        result: result.content,
        result_length: encoder.encode(result.content).length,
      }),
      ...toDuration(draft, result, call, facts.durationMs),
      ...(call !== undefined && { related_event_id: call.eventId }),
    },
  });
}

function toDuration(
  draft: DraftEvent,
  result: ToolResult,
  call: AnsweredCall | undefined,
  statedMs: number | undefined,
): { duration_ms?: number; duration_source?: string } {
  if (statedMs !== undefined) return { duration_ms: statedMs, duration_source: "stated_in_result" };
  const startedNs = hasSpan(draft) ? draft.exchange?.request.firstByteNs : undefined;
  if (call?.endedNs === undefined || result.isServerSide === true || startedNs === undefined) return {};
  return { duration_ms: toDurationMs(call.endedNs, startedNs), duration_source: "next_request" };
}

/** The event's exchange has its own start and end, so that times between exchanges mean something. */
export function hasSpan(draft: DraftEvent): boolean {
  const known = draft.exchange?.knownTimes;
  return known === undefined || known === "span";
}
