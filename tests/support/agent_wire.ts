/** Conversations of agents as exchanges, and what the whole pipeline makes of them. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { exchanges } from "../../core/capture/exchanges.ts";
import { OispEventSchema } from "../../core/model/event_schema.ts";
import type { EventOf, EventType, RedactedEvent } from "../../core/model/oisp_event.ts";
import { runPipeline } from "./run_pipeline.ts";

/** One exchange of a conversation. */
export interface Wire {
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly request: unknown;
  /** JSON, or the text of an event stream. */
  readonly response: unknown;
}

/** Runs a conversation through the whole pipeline, one exchange every two seconds; every event is valid. */
export async function play(conversation: readonly Wire[]): Promise<readonly RedactedEvent[]> {
  const lines = conversation.map(({ url, headers, request, response }, index) =>
    JSON.stringify({
      id: String(index),
      method: "POST",
      url,
      request_headers: { "content-type": "application/json", ...headers },
      request_body: JSON.stringify(request),
      status: 200,
      response_headers: { "content-type": typeof response === "string" ? "text/event-stream" : "application/json" },
      response_body: typeof response === "string" ? response : JSON.stringify(response),
      started_at: new Date(index * 2000).toISOString(),
      ended_at: new Date(index * 2000 + 1000).toISOString(),
    })
  );
  const source = await exchanges.open({ from: new TextEncoder().encode(lines.join("\n") + "\n") });
  const { events } = await runPipeline(source);
  for (const event of events) v.parse(OispEventSchema, event);
  assert.equal(new Set(events.map((event) => event.event_id)).size, events.length, "event ids are unique");
  return events;
}

/** The events of one type. */
export function only<T extends EventType>(events: readonly RedactedEvent[], eventType: T): EventOf<T>[] {
  return (events as readonly { event_type: string }[]).filter((event) => event.event_type === eventType) as EventOf<
    T
  >[];
}

/** Messages as an event stream. */
export function sse(messages: readonly unknown[]): string {
  return messages.map((message) => `data: ${typeof message === "string" ? message : JSON.stringify(message)}\n\n`).join(
    "",
  );
}

/** What every format has to give for a conversation with the calls `a` and `b` at once, then `c`, each answered. */
export function requireStory(events: readonly RedactedEvent[], hasIds: boolean): void {
  const calls = only(events, "agent.tool_call");
  const results = only(events, "agent.tool_result");
  assert.deepEqual(calls.map((event) => event.data.tool.name), ["a", "b", "c"]);
  assert.deepEqual(calls.map((event) => event.data.arguments), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  assert.deepEqual(results.map((event) => event.data.tool?.name), ["a", "b", "c"]);
  assert.deepEqual(results.map((event) => event.data.related_event_id), calls.map((event) => event.event_id));
  assert.deepEqual(results.map((event) => event.data.result), ["one", "two", "three"]);
  const answers = only(events, "ai.response").map((event) => event.event_id);
  for (const call of calls) assert.ok(answers.includes(call.data.related_event_id ?? ""));
  for (const result of results) assert.equal(typeof result.data.duration_ms, "number");
  if (hasIds) assert.deepEqual(results.map((event) => event.data.call_id), calls.map((event) => event.data.call_id));
}
