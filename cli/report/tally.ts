/** Counts what a run saw, from redacted events only. Unknown stays unknown: it is counted apart and never added as 0. */
import type { EventOf, RedactedEvent } from "../../core/model/oisp_event.ts";

/** Sums over calls. */
export interface CallSums {
  calls: number;
  failedCalls: number;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** Calls that did not say how many tokens they used. */
  callsWithoutUsage: number;
  /** Sum over calls with a known cost. */
  costUsd: number;
  /** Successful calls without a known cost. */
  callsWithoutCost: number;
}

/** Sums of one model at one provider. */
export interface ModelSums extends CallSums {
  readonly provider: string | undefined;
  readonly model: string | undefined;
}

/** Something that was not covered, and how often it was said. */
export interface NotCovered {
  readonly reason: string;
  readonly exe?: string;
  readonly library?: string;
  readonly host?: string;
  readonly detail?: string;
  readonly fix?: string;
  count: number;
}

const MAX_MODELS = 1000;
const MAX_NOT_COVERED = 1000;

function createSums(): CallSums {
  return {
    calls: 0,
    failedCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    callsWithoutUsage: 0,
    costUsd: 0,
    callsWithoutCost: 0,
  };
}

type CallData = EventOf<"ai.response">["data"] | EventOf<"ai.embedding">["data"];

function addCall(sums: CallSums, data: CallData): void {
  sums.calls++;
  const isFailed = data.success === false;
  if (isFailed) sums.failedCalls++;
  // What is counted is not used.
  if (data.request_type === "count_tokens") return;
  const { usage, cost } = data;
  const hasUsage = usage?.prompt_tokens !== undefined || usage?.completion_tokens !== undefined ||
    usage?.total_tokens !== undefined;
  if (hasUsage) {
    sums.inputTokens += usage?.prompt_tokens ?? 0;
    sums.outputTokens += usage?.completion_tokens ?? 0;
    sums.totalTokens += usage?.total_tokens ?? (usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0);
  } else if (!isFailed) sums.callsWithoutUsage++;
  if (cost?.usd !== undefined) sums.costUsd += cost.usd;
  else if (!isFailed) sums.callsWithoutCost++;
}

/** Adds up a run. Memory is bounded: beyond 1,000 models or uncovered programs only the sums grow. */
export class RunTally {
  readonly total: CallSums = createSums();
  readonly #models = new Map<string, ModelSums>();
  readonly #notCovered = new Map<string, NotCovered>();
  /** Requests seen; more than answers when calls were cut. */
  requests = 0;
  events = 0;
  /** `sensor.loss` events. */
  lossEvents = 0;

  /** Looks at one event. */
  observe(event: RedactedEvent): void {
    this.events++;
    if (event.event_type === "ai.request") this.requests++;
    else if (event.event_type === "ai.response" || event.event_type === "ai.embedding") this.#addCall(event.data);
    else if (event.event_type === "sensor.coverage" && !event.data.covered) this.#addNotCovered(event.data);
    else if (event.event_type === "sensor.loss") this.lossEvents++;
  }

  /** Sums by model, most calls first. */
  models(): ModelSums[] {
    return [...this.#models.values()].sort((a, b) => b.calls - a.calls);
  }

  /** What was not covered, in order of appearance. */
  notCovered(): NotCovered[] {
    return [...this.#notCovered.values()];
  }

  #addCall(data: CallData): void {
    addCall(this.total, data);
    const provider = data.provider?.id ?? data.provider?.endpoint;
    const model = data.model?.id;
    const key = `${provider}\n${model}`;
    let sums = this.#models.get(key);
    if (sums === undefined && this.#models.size < MAX_MODELS) {
      sums = { provider, model, ...createSums() };
      this.#models.set(key, sums);
    }
    if (sums !== undefined) addCall(sums, data);
  }

  #addNotCovered(data: EventOf<"sensor.coverage">["data"]): void {
    const key = [data.reason, data.exe, data.library, data.host].join("\n");
    const known = this.#notCovered.get(key);
    if (known !== undefined) known.count++;
    else if (this.#notCovered.size < MAX_NOT_COVERED) this.#notCovered.set(key, toNotCovered(data));
  }
}

function toNotCovered({ reason, exe, library, host, detail, fix }: EventOf<"sensor.coverage">["data"]): NotCovered {
  return {
    reason,
    count: 1,
    ...(exe === undefined ? {} : { exe }),
    ...(library === undefined ? {} : { library }),
    ...(host === undefined ? {} : { host }),
    ...(typeof detail === "string" ? { detail } : {}),
    ...(fix === undefined ? {} : { fix }),
  };
}
