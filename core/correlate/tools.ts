/**
 * Tool calls and their results. A call is published when the answer that carries it has ended; a result when the first request
 * that carries it was seen. Clients resend the whole history with every request, so both are remembered by call id and
 * published once. Ids that come again ("call_0") and formats without ids (Gemini) count within the newest turn only
 * (`loose_calls.ts`), also where the client made up ids for the calls it sends back.
 *
 * State: 8,192 calls and 8,192 answered ids, oldest forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { Message, ToolCall, ToolResult } from "../model/model_call.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { type KnownCall, LooseCalls } from "./loose_calls.ts";
import { hasSpan, toCallEvent, toResultEvent, toScriptCallEvents } from "./tool_events.ts";

const MAX_CALLS = 8_192;

/** Tool calls and tool results, each once. */
export const tools: Correlator = {
  id: "tools",
  summary: "Tool calls and their results, each published once, with durations",
  stability: "stable",
  create: () => new ToolStory(),
};

class ToolStory implements CorrelatorState {
  /** By vendor and call id. */
  readonly #calls = new BoundedMap<string, KnownCall>(MAX_CALLS);
  /** Results published whose call is not known. */
  readonly #answeredStrangers = new BoundedMap<string, true>(MAX_CALLS);
  readonly #loose = new LooseCalls();

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
    for (const choice of response.choices) {
      for (const call of choice.message.toolCalls ?? []) {
        const key = isUniqueCallId(call.id) ? callKey(draft, call.id) : undefined;
        if (key !== undefined && this.#calls.has(key)) continue;
        const event = toCallEvent(draft, context, call, events.length);
        events.push(event, ...toScriptCallEvents(draft, context, call, events.length + 1));
        const known = toKnownCall(call, event);
        if (key === undefined) this.#loose.add(draft, call, known);
        else this.#calls.set(key, known);
      }
    }
    // The request of the same exchange counted its results from 0: ids must not meet.
    const firstIndex = countResults(draft.call?.request?.messages ?? []);
    return [
      ...events,
      ...this.#results(draft, context, response.toolResults ?? [], { firstIndex, oldCount: Infinity }),
    ];
  }

  #request(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const messages = draft.call?.request?.messages ?? [];
    const results: ToolResult[] = [];
    let oldCount = 0;
    const turnStart = findTurnStart(messages);
    const names = historyNames(messages);
    messages.forEach((message, position) => {
      for (const result of message.toolResults ?? []) {
        if (position < turnStart && !isUniqueCallId(result.callId)) continue;
        const name = result.name ?? (result.callId === undefined ? undefined : names.get(result.callId));
        if (position < turnStart) oldCount++;
        results.push(name === undefined ? result : { ...result, name });
      }
    });
    return this.#results(draft, context, results, { firstIndex: 0, oldCount });
  }

  #results(
    draft: DraftEvent,
    context: StoryContext,
    results: readonly ToolResult[],
    { firstIndex, oldCount }: { readonly firstIndex: number; readonly oldCount: number },
  ): readonly DraftEvent[] {
    const events: DraftEvent[] = [];
    for (const [position, result] of results.entries()) {
      const call = this.#claim(draft, result, position >= oldCount);
      if (call === "answered") continue;
      events.push(toResultEvent(draft, context, result, call, firstIndex + events.length));
    }
    return events;
  }

  /** Finds the call a result answers and marks it answered; undefined when the call was before capture. */
  #claim(draft: DraftEvent, result: ToolResult, isNewest: boolean): KnownCall | undefined | "answered" {
    if (!isUniqueCallId(result.callId)) return this.#loose.claim(draft, result);
    const key = callKey(draft, result.callId);
    const call = this.#calls.get(key);
    if (call !== undefined) {
      if (call.isAnswered) return "answered";
      call.isAnswered = true;
      return call;
    }
    if (this.#answeredStrangers.has(key)) return "answered";
    this.#answeredStrangers.set(key, true);
    // The format has no ids and the client made one up.
    const loose = isNewest ? this.#loose.take(draft, result) : undefined;
    return loose === "answered" ? undefined : loose;
  }
}

/** Ids that vendors draw at random. Others ("call_0", "functions.read:1") come again in the next conversation or answer. */
const UNIQUE_CALL_ID =
  /^(?:call_|fc_|ctc_|toolu_|srvtoolu_|mcptoolu_|tooluse_|chatcmpl-tool-|[a-z]{2,4}_)?[\w-]{16,}$|^[A-Za-z0-9]{9}$/;

/** Whether an id names one call for ever; false for none. */
function isUniqueCallId(callId: string | undefined): callId is string {
  return callId !== undefined && /\d/.test(callId) && UNIQUE_CALL_ID.test(callId);
}

/** Random ids are unique per vendor, not across vendors. */
function callKey(draft: DraftEvent, callId: string): string {
  return `${draft.call?.provider?.id ?? draft.call?.endpoint ?? ""}\n${callId}`;
}

/** Index of the first message after the model's last one: what lies before was sent in earlier requests already. */
function findTurnStart(messages: readonly Message[]): number {
  for (let i = messages.length - 1; i >= 0; i--) {
    if (messages[i]?.role === "assistant" || messages[i]?.role === "model") return i + 1;
  }
  return 0;
}

function countResults(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + (message.toolResults?.length ?? 0), 0);
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
    endedNs: hasSpan(event) ? event.timeNs : undefined,
    isNamed: call.id !== undefined,
    isAnswered: false,
  };
}
