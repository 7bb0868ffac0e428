import assert from "node:assert/strict";
import { FindingError } from "../../core/model/finding.ts";
import { ACCOUNT, answer, summarise, uncovered } from "../../tests/support/run_summary.ts";
import { JSON_REPORT } from "./json.ts";
import { parseReportRequests } from "./request.ts";
import { renderSummary } from "./summary.ts";

const PLAIN = { isTerminal: false, hasColor: false, columns: 80, files: [] };

Deno.test("an unknown cost is absent from the report and a question mark in the summary, never 0", () => {
  const summary = summarise([answer("a", undefined, undefined)]);
  const report = JSON.parse(JSON_REPORT.render(summary));
  assert.deepEqual(report.cost, { calls_without_cost: 1 });
  assert.deepEqual(report.tokens, { calls_without_usage: 1 });
  const lines = renderSummary(summary, PLAIN);
  assert.ok(lines.includes("  tokens       ?"), lines.join("\n"));
  assert.ok(lines.includes("  cost         ?"), lines.join("\n"));
});

Deno.test("a cost that is known in part says how many calls have no price", () => {
  const lines = renderSummary(summarise([answer("a", [1, 1], 0.5), answer("b", [1, 1], undefined)]), PLAIN);
  assert.ok(lines.includes("  cost         $0.5 + ?   (1 calls have no price)"), lines.join("\n"));
});

Deno.test("the summary has at most eight lines and names what was lost and not covered", () => {
  const summary = summarise([
    answer("a", [1234567, 5], 0.1),
    answer("a", undefined, undefined, false),
    uncovered("/opt/x"),
  ], {
    account: ACCOUNT,
    droppedItems: { "redact.x": 1 },
    outputs: [{ name: "o.jsonl", events: 1, dropped: { queue_full: 2 } }],
  });
  const lines = renderSummary(summary, { ...PLAIN, isTerminal: true, files: ["o.jsonl"], next: "oisp tail o.jsonl" });
  assert.deepEqual(lines, [
    "oisp: 2 calls in 1.4 s, 1 failed",
    "  tokens       1,234,567 in, 5 out",
    "  cost         $0.1",
    "  lost         10 B ring_full; 1 redact.x; o.jsonl: 2 queue_full",
    "  not covered  x (static_boringssl)",
    "  file         o.jsonl",
    "  next         oisp tail o.jsonl",
  ]);
});

Deno.test("paths and the next command are whole on a narrow terminal, too", () => {
  const path = `/var/lib/oisp/sessions/${"long-".repeat(20)}.jsonl`;
  const narrow = { ...PLAIN, isTerminal: true, columns: 60, files: [path], next: `oisp tail ${path}` };
  const lines = renderSummary(summarise([answer("a", [1, 1], 0.5)]), narrow);
  assert.deepEqual(lines.slice(-2), [`  file         ${path}`, `  next         oisp tail ${path}`]);
});

Deno.test("without calls the summary says why there may be none", () => {
  const topFinding = { code: "X", severity: "error", what: "Cannot capture here: no rights", fix: "use sudo" } as const;
  const lines = renderSummary(summarise([]), { ...PLAIN, topFinding });
  assert.deepEqual(lines, [
    "oisp: 0 calls in 1.4 s",
    "  why          Cannot capture here: no rights; try: use sudo",
    "  lost         0",
  ]);
});

Deno.test("--report wants a known format and a file; all problems at once", () => {
  assert.equal(parseReportRequests(["json=a.json"])[0]?.path, "a.json");
  assert.throws(
    () => parseReportRequests(["json", "jsn=x", "junit=x", "json="]),
    (error: unknown) => error instanceof FindingError && error.findings.length === 4 && error.exitCode === 64,
  );
});

Deno.test("with a filter the summary says how many events it left", () => {
  const outputs = [
    { name: "jsonl:/all", events: 10, dropped: {} },
    { name: "o.jsonl", events: 3, dropped: {}, filteredOut: 7 },
  ];
  const lines = renderSummary(summarise([], { outputs }), { ...PLAIN, files: ["o.jsonl"] });
  assert.ok(lines.includes("  filter       3 of 10 events match"), lines.join("\n"));
});
