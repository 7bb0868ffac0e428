import assert from "node:assert/strict";
import type { OispEvent, RedactedEvent } from "../../core/model/oisp_event.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import { JSON_REPORT } from "./json.ts";
import type { RunSummary } from "./report.ts";
import { RunTally } from "./tally.ts";

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

function answer(
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

function uncovered(exe: string): RedactedEvent {
  return redact({
    ...envelope,
    event_type: "sensor.coverage",
    data: { reason: "static_boringssl", covered: false, exe },
  });
}

function summarise(events: readonly RedactedEvent[], more: Partial<RunSummary> = {}): RunSummary {
  const tally = new RunTally();
  for (const event of events) tally.observe(event);
  return { startedAtMs: 0, durationMs: 1400, tally, droppedItems: {}, outputs: [], findings: [], ...more };
}

const ACCOUNT = {
  seenBytes: 100,
  capturedBytes: 70,
  skippedBytes: { not_ai: 20 },
  lostBytes: { ring_full: 10 },
  calls: 5,
  outOfScopeCalls: 2,
  connections: 1,
};

Deno.test("the JSON report has calls, tokens and cost by model, and the account", () => {
  const events = [
    answer("a", [10, 5], 0.1),
    answer("a", [1, 2], 0.2),
    answer("b", [3, 4], undefined),
    uncovered("/bin/x"),
    uncovered("/bin/x"),
  ];
  const report = JSON.parse(JSON_REPORT.render(summarise(events, { account: ACCOUNT })));
  assert.equal(report.calls, 3);
  assert.deepEqual(report.tokens, { input: 14, output: 11, total: 25, calls_without_usage: 0 });
  assert.deepEqual(report.cost, { usd: 0.3, calls_without_cost: 1 });
  assert.deepEqual(report.models.map((row: { model: string; calls: number }) => [row.model, row.calls]), [["a", 2], [
    "b",
    1,
  ]]);
  assert.deepEqual(report.account, {
    seen: 100,
    captured: 70,
    skipped: { not_ai: 20 },
    lost: { ring_full: 10 },
    calls: 5,
    out_of_scope_calls: 2,
    connections: 1,
    not_covered: { static_boringssl: 2 },
  });
});
