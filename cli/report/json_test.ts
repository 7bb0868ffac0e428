import assert from "node:assert/strict";
import { ACCOUNT, answer, summarise, uncovered } from "../../tests/support/run_summary.ts";
import { JSON_REPORT } from "./json.ts";

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

Deno.test("the JSON report says whether it is complete, and what a filter left out of an output", () => {
  const outputs = [{ name: "o.jsonl", events: 3, dropped: {}, filteredOut: 7 }];
  const report = JSON.parse(JSON_REPORT.render(summarise([], { outputs })));
  assert.deepEqual([report.complete, report.outputs], [true, [{
    name: "o.jsonl",
    events: 3,
    dropped: {},
    filtered_out: 7,
  }]]);
  assert.equal(JSON.parse(JSON_REPORT.render(summarise([], { isRunning: true }))).complete, false);
});

Deno.test("the JSON report does not add tokens that were only counted", () => {
  const counted = answer("a", [900, 0], undefined);
  assert.equal(counted.event_type, "ai.response");
  if (counted.event_type === "ai.response") counted.data.request_type = "count_tokens";
  const report = JSON.parse(JSON_REPORT.render(summarise([counted, answer("a", [2, 1], 0.5)])));
  assert.deepEqual(report.tokens, { input: 2, output: 1, total: 3, calls_without_usage: 0 });
  assert.deepEqual(report.cost, { usd: 0.5, calls_without_cost: 0 });
});
