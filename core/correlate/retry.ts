/**
 * Links a request to the failed answer it repeats: same program run, same endpoint, model and messages, within ten minutes of a
 * failure that clients retry (no answer, 408, 409, 429, 5xx).
 *
 * State: the last failure of 4,096 program runs, oldest forgotten first.
 */
import { createHash } from "node:crypto";
import type { DraftEvent } from "../model/draft.ts";
import type { ModelCall } from "../model/model_call.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { addRelatedEvent } from "./derived_event.ts";

const RETRY_WINDOW_NS = 600e9;
const MAX_FAILURES_PER_PROCESS = 16;

interface Failure {
  readonly fingerprint: string;
  readonly eventId: string;
  readonly timeNs: number;
}

/** Retries of failed calls. */
export const retry: Correlator = {
  id: "retry",
  summary: "Requests that repeat a failed call, linked to its answer",
  stability: "experimental",
  create: () => new RetryStory(),
};

class RetryStory implements CorrelatorState {
  readonly #failures = new BoundedMap<number, Failure[]>(4_096);

  push(draft: DraftEvent): readonly DraftEvent[] {
    if (draft.event.event_type === "ai.request") this.#request(draft);
    else if (draft.event.event_type === "ai.response") this.#response(draft);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #request(draft: DraftEvent): void {
    const open = this.#failures.get(draft.processKey);
    if (open === undefined || open.length === 0) return;
    const fingerprint = toFingerprint(draft.call);
    const at = open.findIndex((failure) =>
      failure.fingerprint === fingerprint && draft.timeNs - failure.timeNs <= RETRY_WINDOW_NS
    );
    const failure = open[at];
    if (failure === undefined) return;
    open.splice(at, 1);
    addRelatedEvent(draft, { event_id: failure.eventId, relationship: "related", rule: "retry_of_failed_call" });
  }

  #response(draft: DraftEvent): void {
    if (draft.event.event_type !== "ai.response" || draft.event.data.success !== false) return;
    const status = draft.event.data.status_code;
    if (status !== undefined && status < 500 && status !== 408 && status !== 409 && status !== 429) return;
    const open = this.#failures.get(draft.processKey) ?? [];
    if (open.length >= MAX_FAILURES_PER_PROCESS) open.shift();
    open.push({ fingerprint: toFingerprint(draft.call), eventId: draft.event.event_id, timeNs: draft.timeNs });
    this.#failures.set(draft.processKey, open);
  }
}

function toFingerprint(call: ModelCall | undefined): string {
  const request = call?.request;
  return createHash("sha256").update(
    JSON.stringify([call?.endpoint, request?.model, request?.systemPrompt, request?.messages]),
  ).digest("base64");
}
