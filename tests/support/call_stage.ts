/** Drives a call stage by hand; for tests. Every event is checked against the published schema. */
import assert from "node:assert/strict";
import * as v from "valibot";
import type { DraftEvent } from "../../core/model/draft.ts";
import { OispEventSchema } from "../../core/model/event_schema.ts";
import type { Completeness, ConnectionFacts, HttpExchange, HttpResponse } from "../../core/model/http_exchange.ts";
import type { EventOf, EventType } from "../../core/model/oisp_event.ts";
import { createCallStage } from "../../core/decode/call_stage.ts";
import type { CallStage, Classification } from "../../core/decode/call_stage_types.ts";

/** Nanoseconds of a millisecond. */
export const MS = 1e6;
/** A chat request. */
export const CHAT = { model: "gpt-4o", messages: [{ role: "system", content: "S" }, { role: "user", content: "Hi" }] };
/** Its answer. */
export const ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};

/** A call stage with its events; times are in milliseconds. */
export class Stage {
  readonly drafts: DraftEvent[] = [];
  readonly classes: Classification[] = [];
  readonly stage: CallStage;
  #connId = 0;

  constructor(options: { wantsChunks?: boolean; maxBodyBytes?: number } = {}) {
    const { wantsChunks = false, maxBodyBytes = 1e6 } = options;
    this.stage = createCallStage({ bootId: "boot", clock: { offsetUs: 0 }, wantsChunks, maxBodyBytes }, {
      draft: (draft) => {
        const result = v.safeParse(OispEventSchema, draft.event);
        assert.ok(result.success, JSON.stringify(result.issues?.map((issue) => [v.getDotPath(issue), issue.message])));
        this.drafts.push(draft);
      },
      classified: (_exchange, classification) => void this.classes.push(classification),
    });
  }

  open(
    url: string,
    options: { method?: string; headers?: Record<string, string>; connection?: Partial<ConnectionFacts> } = {},
  ): HttpExchange {
    const { host, pathname, search } = new URL(url);
    return {
      connection: {
        connId: ++this.#connId,
        processKey: 7,
        tgid: 1,
        tid: 1,
        cgroupId: 0,
        transport: "tls",
        joinedLate: false,
        serverSide: false,
        ...options.connection,
      },
      ordinal: 0,
      protocol: "http/1.1",
      request: {
        method: options.method ?? "POST",
        target: pathname + search,
        path: pathname,
        host,
        headers: new Map(Object.entries({ "content-type": "application/json", ...options.headers })),
        firstByteNs: 0,
        lastByteNs: 1 * MS,
        wireBodyBytes: 0,
        completeness: "complete",
        reasons: [],
      },
    };
  }

  send(exchange: HttpExchange, body: string | Uint8Array, completeness: Completeness = "complete"): boolean {
    const sink = this.stage.request(exchange);
    sink?.data(typeof body === "string" ? new TextEncoder().encode(body) : body, 1 * MS);
    sink?.end(completeness, 1 * MS);
    return sink !== undefined;
  }

  answer(
    exchange: HttpExchange,
    pieces: readonly (readonly [body: string | Uint8Array, timeMs: number])[],
    options: { status?: number; headers?: Record<string, string>; completeness?: Completeness } = {},
  ): void {
    const headers = new Map(Object.entries({ "content-type": "application/json", ...options.headers }));
    const response: HttpResponse = {
      status: options.status ?? 200,
      headers,
      firstByteNs: 2 * MS,
      lastByteNs: 2 * MS,
      wireBodyBytes: 0,
      completeness: "complete",
      reasons: [],
    };
    exchange.response = response;
    const sink = this.stage.response(exchange);
    for (const [body, timeMs] of pieces) {
      response.lastByteNs = timeMs * MS;
      sink?.data(typeof body === "string" ? new TextEncoder().encode(body) : body, timeMs * MS);
    }
    sink?.end(options.completeness ?? "complete", response.lastByteNs);
  }

  end(exchange: HttpExchange): void {
    this.stage.exchangeEnd(exchange, 9_000 * MS);
    assert.equal(this.stage.heldBytes, 0);
  }

  types(): string[] {
    return this.drafts.map((draft) => draft.event.event_type);
  }

  single<T extends EventType>(type: T): EventOf<T> {
    const found = this.drafts.filter((draft) => draft.event.event_type === type);
    assert.equal(found.length, 1, type);
    return found[0]?.event as EventOf<T>;
  }
}

/** Events of a stream as they stand on the wire; values become their JSON. */
export function sse(...events: unknown[]): string {
  return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

/** One chunk of a chat completion. */
export function chunk(content: string, finish_reason: string | null = null) {
  return {
    id: "c",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta: { content }, finish_reason }],
  };
}
