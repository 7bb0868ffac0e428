import assert from "node:assert/strict";
import type { OispEvent, RedactedEvent } from "../../core/model/oisp_event.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import type { RunSummary } from "../../cli/report/report.ts";
import { RunTally } from "../../cli/report/tally.ts";

const envelope = {
  oisp_version: "0.1",
  event_id: "01M0D73AN04KRCSYHSAXR2JRTT",
  timestamp: "2026-08-19T14:34:12.000000Z",
  confidence: { level: "high", completeness: "full" },
} as const;

function redact(event: OispEvent): RedactedEvent {
  const view = createRedactor({ modes: ["safe"] }).push(event)[0]?.[0];
  assert.ok(view);
  return view;
}

/** An answer as a report sees it: model, tokens in and out, cost. */
export function answer(
  model: string,
  tokens: [number, number] | undefined,
  usd: number | undefined,
  success = true,
): RedactedEvent {
  return redact({
    ...envelope,
    event_type: "ai.response",
    data: {
      provider: { id: "openai", name: "OpenAI" },
      model: { id: model },
      success,
      ...(tokens === undefined ? {} : { usage: { prompt_tokens: tokens[0], completion_tokens: tokens[1] } }),
      ...(usd === undefined ? {} : { cost: { usd } }),
    },
  });
}

/** A program that is not captured. */
export function uncovered(exe: string): RedactedEvent {
  return redact({
    ...envelope,
    event_type: "sensor.coverage",
    data: { reason: "static_boringssl", covered: false, exe },
  });
}

/** A run that saw these events. */
export function summarise(events: readonly RedactedEvent[], more: Partial<RunSummary> = {}): RunSummary {
  const tally = new RunTally();
  for (const event of events) tally.observe(event);
  return { startedAtMs: 0, durationMs: 1400, tally, droppedItems: {}, outputs: [], findings: [], ...more };
}

/** A capture's account that balances. */
export const ACCOUNT = {
  seenBytes: 100,
  capturedBytes: 70,
  skippedBytes: { not_ai: 20 },
  lostBytes: { ring_full: 10 },
  calls: 5,
  outOfScopeCalls: 2,
  connections: 1,
};
