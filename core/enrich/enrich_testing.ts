/** Drafts and facts for the tests of enrichers. */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelCall } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import type { ProcessFacts } from "../model/process.ts";
import type { Usage } from "../model/usage.ts";
import { ENRICHERS } from "./registry.ts";

type Response = EventOf<"ai.response">;

/** Facts of a program run. */
export function facts(processKey: number, more: Partial<ProcessFacts> = {}): ProcessFacts {
  return { tgid: processKey * 10, tid: processKey * 10, processKey, cgroupId: 0, ...more };
}

/** A story of these program runs. */
export function context(programs: readonly ProcessFacts[] = []): StoryContext {
  return {
    processes: { find: (key) => programs.find((program) => program.processKey === key) },
    host: { hostname: "box", os: "linux", arch: "x86_64" },
    bootId: "boot",
    clockOffsetUs: Date.parse("2026-11-21T10:00:00Z") * 1000,
  };
}

/** An answer, with these request headers. */
export function draft(
  headers: Record<string, string>,
  options: { processKey?: number; usage?: Usage; provider?: string; model?: string; serviceTier?: string } = {},
): DraftEvent & { event: Response } {
  const event: Response = {
    oisp_version: "0.1",
    event_id: "01HQXYZ0000000000000000000",
    timestamp: "2026-11-21T10:00:00.000123Z",
    confidence: { level: "high", completeness: "full" },
    event_type: "ai.response",
    data: { request_type: "chat" },
  };
  if (options.provider !== undefined) event.data.provider = { id: options.provider };
  if (options.model !== undefined) event.data.model = { id: options.model };
  const processKey = options.processKey ?? 1;
  const exchange = {
    connection: { connId: 1, processKey, tgid: processKey * 10 },
    ordinal: 0,
    protocol: "http/1.1",
    request: { headers: new Map(Object.entries(headers)), method: "POST", path: "/", target: "/" },
  } as unknown as HttpExchange;
  const call: ModelCall = {
    dialect: "openai_chat",
    response: {
      choices: [],
      ...(options.usage && { usage: options.usage }),
      ...(options.serviceTier && { serviceTier: options.serviceTier }),
    },
  };
  return { event, timeNs: 1e9, processKey, exchange, call };
}

/** Runs every enricher. */
export function enrich<D extends DraftEvent>(one: D, story: StoryContext = context()): D {
  for (const enricher of ENRICHERS) enricher.enrich(one, story);
  return one;
}
