import { toFindingJson } from "../errors.ts";
import type { Account } from "../../core/model/loss.ts";
import { toTimestamp } from "../../core/model/time.ts";
import type { Report, ReportedOutput, RunSummary } from "./report.ts";
import type { CallSums, NotCovered, RunTally } from "./tally.ts";

// Sums of prices such as 0.1 + 0.2 are cut to what the prices themselves carry.
function roundCost(costUsd: number): number {
  return Number(costUsd.toFixed(9));
}

function toSums(sums: CallSums): Record<string, unknown> {
  const hasCost = sums.calls - sums.failedCalls > sums.callsWithoutCost || sums.costUsd > 0;
  const hasUsage = sums.inputTokens + sums.outputTokens + sums.totalTokens > 0;
  return {
    calls: sums.calls,
    failed_calls: sums.failedCalls,
    tokens: {
      ...(hasUsage ? { input: sums.inputTokens, output: sums.outputTokens, total: sums.totalTokens } : {}),
      calls_without_usage: sums.callsWithoutUsage,
    },
    cost: { ...(hasCost ? { usd: roundCost(sums.costUsd) } : {}), calls_without_cost: sums.callsWithoutCost },
  };
}

function toAccount(account: Account): Record<string, unknown> {
  return {
    seen: account.seenBytes,
    captured: account.capturedBytes,
    skipped: account.skippedBytes,
    lost: account.lostBytes,
    calls: account.calls,
    out_of_scope_calls: account.outOfScopeCalls,
    connections: account.connections,
  };
}

function countByReason(entries: readonly NotCovered[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason, count } of entries) counts[reason] = (counts[reason] ?? 0) + count;
  return counts;
}

function toModels(tally: RunTally): Record<string, unknown>[] {
  return tally.models().map(({ provider, model, ...sums }) => ({
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...toSums(sums),
  }));
}

function toOutput({ filteredOut, ...output }: ReportedOutput): Record<string, unknown> {
  return { ...output, ...(filteredOut === undefined ? {} : { filtered_out: filteredOut }) };
}

function render(summary: RunSummary): string {
  const { tally, account } = summary;
  const notCovered = tally.notCovered();
  const report = {
    report_version: 1,
    complete: summary.isRunning !== true,
    started_at: toTimestamp(Math.round(summary.startedAtMs) * 1000),
    duration_ms: Math.round(summary.durationMs),
    ...(summary.childExitCode === undefined ? {} : { command_exit_code: summary.childExitCode }),
    ...toSums(tally.total),
    requests: tally.requests,
    events: tally.events,
    models: toModels(tally),
    ...(account === undefined ? {} : { account: { ...toAccount(account), not_covered: countByReason(notCovered) } }),
    not_covered: notCovered,
    dropped: summary.droppedItems,
    outputs: summary.outputs.map(toOutput),
    findings: summary.findings.map(toFindingJson),
  };
  return JSON.stringify(report, null, 2) + "\n";
}

/** `--report json=FILE`: one object with calls, tokens and cost by model, and the account. */
export const JSON_REPORT: Report = {
  id: "json",
  summary: "one JSON object",
  stability: "stable",
  render,
};
