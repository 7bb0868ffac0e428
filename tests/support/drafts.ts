/** Drafts of calls made by hand, for tests of correlators. */
import type { DraftEvent, StoryContext } from "../../core/model/draft.ts";
import type { HttpExchange } from "../../core/model/http_exchange.ts";
import type { ModelCall, ModelRequest, ModelResponse } from "../../core/model/model_call.ts";
import type { EventOf, EventType } from "../../core/model/oisp_event.ts";
import { toEventId } from "../../core/model/ids.ts";
import type { Correlator } from "../../core/correlate/correlator.ts";

/** What correlators may look at besides a draft. */
export const context: StoryContext = {
  processes: { find: () => undefined },
  host: {},
  bootId: "test",
  clockOffsetUs: 1_700_000_000_000_000,
};

/** One second. */
export const SECOND_NS = 1e9;

/** What a test cares about in a call. */
export interface CallOptions {
  readonly ordinal: number;
  readonly timeNs: number;
  readonly headers?: Record<string, string>;
  readonly request?: Partial<ModelRequest>;
  readonly response?: Partial<ModelResponse>;
  readonly data?: Record<string, unknown>;
}

/** A draft of a request or an answer. */
export function draftOf(eventType: "ai.request" | "ai.response", options: CallOptions): DraftEvent {
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

/** Feeds drafts to a correlator and closes it; gives the events that followed. */
export function play(correlator: Correlator, drafts: readonly DraftEvent[]): DraftEvent[] {
  const state = correlator.create();
  return [...drafts.flatMap((draft) => [...state.push(draft, context)]), ...state.close(context)];
}

/** The events of one type. */
export function eventsOf<T extends EventType>(events: readonly DraftEvent[], eventType: T): EventOf<T>[] {
  return events.map((draft) => draft.event).filter((event): event is EventOf<T> => event.event_type === eventType);
}

/** A tool call. */
export const weatherCall = { id: "call_1", name: "get_weather", type: "function", arguments: { city: "Oslo" } };
/** An answer that asks for the tool. */
export const answerWithCall: CallOptions = {
  ordinal: 0,
  timeNs: 2 * SECOND_NS,
  response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: [weatherCall] } }] },
};

/** A request that brings the tool's result, with the history before it. */
export function requestWithResult(ordinal: number, timeNs: number): DraftEvent {
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

/** Shows drafts to stories as the pipeline does, each to every story, with what earlier stories made; gives all events in order. */
export class Stories {
  readonly #states;
  readonly #context: StoryContext;

  constructor(stories: readonly Correlator[], storyContext: StoryContext = context) {
    this.#states = stories.map((story) => story.create());
    this.#context = storyContext;
  }

  /** The draft and what followed from it. */
  push(draft: DraftEvent): DraftEvent[] {
    const followers: DraftEvent[] = [];
    for (const state of this.#states) {
      const made = [draft, ...followers].flatMap((shown) => [...state.push(shown, this.#context)]);
      followers.push(...made);
    }
    return [draft, ...followers];
  }

  /** What the time that passed brought. */
  advance(nowNs: number): DraftEvent[] {
    return this.#states.flatMap((state) => [...state.advance(nowNs, this.#context)]);
  }

  /** The last events. */
  close(): DraftEvent[] {
    return this.#states.flatMap((state) => [...state.close(this.#context)]);
  }
}

/** The end of a process. */
export function exitOf(pid: number, timeNs: number, processKey = 3): DraftEvent {
  const event = { event_type: "process.exit", event_id: `exit_${pid}`, data: { pid }, confidence: {} };
  return { event, timeNs, processKey } as unknown as DraftEvent;
}
