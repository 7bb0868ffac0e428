/**
 * Tool calls and their results. A call is published when the answer that carries it has ended; a result when the first request
 * that carries it was seen. Clients resend the whole history with every request, so both are remembered by call id and
 * published once. Formats without call ids (Gemini) are matched by name and order within the newest turn.
 *
 * State: 8,192 calls and 8,192 answered ids, oldest forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { Message, ToolCall, ToolResult } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toDurationMs } from "../model/time.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { createDerivedEvent } from "./derived_event.ts";
import { findToolKind } from "./tool_kind.ts";

const MAX_CALLS = 8_192;

interface KnownCall {
  readonly name: string;
  readonly type: string;
  readonly server?: string;
  readonly eventId: string;
  readonly endedNs: number;
  isAnswered: boolean;
}

type ToolData = NonNullable<EventOf<"agent.tool_result">["data"]["tool"]>;

const encoder = new TextEncoder();

/** Tool calls and tool results, each once. */
export const tools: Correlator = {
  id: "tools",
  summary: "Tool calls and their results, each published once, with durations",
  stability: "stable",
  create: () => new ToolStory(),
};

class ToolStory implements CorrelatorState {
  /** By call id, or by a made-up id for formats without one. */
  readonly #calls = new BoundedMap<string, KnownCall>(MAX_CALLS);
  /** Ids of results already published whose call was never seen. */
  readonly #answeredStrangers = new BoundedMap<string, true>(MAX_CALLS);
  /** Calls without an id of the newest answer, by program run. */
  readonly #namelessCalls = new BoundedMap<string, KnownCall[]>(1_024);

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    if (draft.event.event_type === "ai.response") return this.#response(draft, context);
    if (draft.event.event_type === "ai.request") return this.#request(draft, context);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #response(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const response = draft.call?.response;
    if (response === undefined) return [];
    const events: DraftEvent[] = [];
    const nameless: KnownCall[] = [];
    for (const choice of response.choices) {
      for (const call of choice.message.toolCalls ?? []) {
        if (call.id !== undefined && this.#calls.has(callKey(draft, call.id))) continue;
        const event = toCallEvent(draft, context, call, events.length);
        events.push(event);
        const known = toKnownCall(call, event);
        if (call.id === undefined) nameless.push(known);
        else this.#calls.set(callKey(draft, call.id), known);
      }
    }
    // An answer without calls ends the turn as well: older calls without an id can no longer be matched safely.
    this.#namelessCalls.set(turnKey(draft), nameless);
    return [...events, ...this.#results(draft, context, response.toolResults ?? [])];
  }

  #request(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const messages = draft.call?.request?.messages ?? [];
    const results: ToolResult[] = [];
    const turnStart = findTurnStart(messages);
    const names = historyNames(messages);
    messages.forEach((message, position) => {
      for (const result of message.toolResults ?? []) {
        if (result.callId === undefined && position < turnStart) continue;
        const name = result.name ?? (result.callId === undefined ? undefined : names.get(result.callId));
        results.push(name === undefined ? result : { ...result, name });
      }
    });
    return this.#results(draft, context, results);
  }

  #results(draft: DraftEvent, context: StoryContext, results: readonly ToolResult[]): readonly DraftEvent[] {
    const events: DraftEvent[] = [];
    for (const result of results) {
      const call = this.#claim(draft, result);
      if (call === "answered") continue;
      events.push(toResultEvent(draft, context, result, call, events.length));
    }
    return events;
  }

  /** Finds the call a result answers and marks it answered; undefined when the call was before capture. */
  #claim(draft: DraftEvent, result: ToolResult): KnownCall | undefined | "answered" {
    if (result.callId === undefined) return this.#claimByName(draft, result.name);
    const key = callKey(draft, result.callId);
    const call = this.#calls.get(key);
    if (call !== undefined) {
      if (call.isAnswered) return "answered";
      call.isAnswered = true;
      return call;
    }
    if (this.#answeredStrangers.has(key)) return "answered";
    this.#answeredStrangers.set(key, true);
    return undefined;
  }

  #claimByName(draft: DraftEvent, name: string | undefined): KnownCall | undefined | "answered" {
    const open = this.#namelessCalls.get(turnKey(draft));
    const candidates = open?.filter((call) => name === undefined || call.name === name) ?? [];
    const call = candidates.find((candidate) => !candidate.isAnswered);
    if (call === undefined) return candidates.length > 0 ? "answered" : undefined;
    call.isAnswered = true;
    return call;
  }
}

/** Call ids are unique per vendor, not across vendors. */
function callKey(draft: DraftEvent, callId: string): string {
  return `${draft.call?.provider?.id ?? draft.call?.endpoint ?? ""}\n${callId}`;
}

function turnKey(draft: DraftEvent): string {
  return `${draft.processKey}\n${draft.call?.endpoint ?? ""}`;
}

/** Index of the first message after the model's last one: what lies before was sent in earlier requests already. */
function findTurnStart(messages: readonly Message[]): number {
  for (let i = messages.length - 1; i >= 0; i--) {
    if (messages[i]?.role === "assistant" || messages[i]?.role === "model") return i + 1;
  }
  return 0;
}

function historyNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of messages) {
    for (const call of message.toolCalls ?? []) {
      if (call.id !== undefined) names.set(call.id, call.name);
    }
  }
  return names;
}

function toKnownCall(call: ToolCall, event: DraftEvent): KnownCall {
  return {
    name: call.name,
    type: call.type,
    ...(call.server !== undefined && { server: call.server }),
    eventId: event.event.event_id,
    endedNs: event.timeNs,
    isAnswered: false,
  };
}

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

function toCallEvent(draft: DraftEvent, context: StoryContext, call: ToolCall, index: number): DraftEvent {
  return createDerivedEvent(draft, context, {
    eventType: "agent.tool_call",
    index,
    timeNs: draft.timeNs,
    confidence: call.argumentsIncomplete
      ? { level: "high", completeness: "partial", missing: ["arguments"], reasons: ["arguments_incomplete"] }
      : { level: "high", completeness: "full" },
    data: {
      tool: toToolData(call.name, call.type, call.server),
      ...(call.id !== undefined && { call_id: call.id }),
      ...(call.arguments !== undefined && { arguments: call.arguments }),
      ...(call.argumentsLength !== undefined && { arguments_length: call.argumentsLength }),
      ...(call.argumentsIncomplete && { arguments_incomplete: true }),
      related_event_id: draft.event.event_id,
    },
  });
}

function toResultEvent(
  draft: DraftEvent,
  context: StoryContext,
  result: ToolResult,
  call: KnownCall | undefined,
  index: number,
): DraftEvent {
  const isServerSide = result.isServerSide === true;
  const startedNs = draft.exchange?.request.firstByteNs;
  const success = toSuccess(result);
  return createDerivedEvent(draft, context, {
    eventType: "agent.tool_result",
    index,
    timeNs: draft.timeNs,
    confidence: call === undefined
      ? { level: "medium", completeness: "partial", missing: ["call"], reasons: ["call_before_capture"] }
      : { level: result.callId === undefined ? "medium" : "high", completeness: "full" },
    data: {
      tool: toToolData(call?.name ?? result.name, call?.type, call?.server),
      ...(result.callId !== undefined && { call_id: result.callId }),
      ...(success !== undefined && { success }),
      ...(result.content !== undefined && {
        result: result.content,
        result_length: encoder.encode(result.content).length,
      }),
      ...(call !== undefined && !isServerSide && startedNs !== undefined && {
        duration_ms: toDurationMs(call.endedNs, startedNs),
        duration_source: "next_request",
      }),
      ...(call !== undefined && { related_event_id: call.eventId }),
    },
  });
}

/** The format's own flag, else an error object that is the whole result; unknown stays absent. */
function toSuccess(result: ToolResult): boolean | undefined {
  if (result.isError !== undefined) return !result.isError;
  return result.content !== undefined && /^\s*\{\s*"error"\s*:/.test(result.content) ? false : undefined;
}
