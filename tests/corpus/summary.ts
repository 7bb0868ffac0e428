import type { Outcome } from "./compare.ts";
import { providerOf } from "./providers_oracle.ts";

interface Row {
  right: number;
  wrong: number;
  absent: number;
}

/** Renders the table provider × format × streaming, and below it every fact with its counts. */
export function renderSummary(outcomes: readonly Outcome[]): string {
  const byGroup = count(
    outcomes,
    ({ recording, format, isStream }) => `${providerOf(recording) ?? "-"} ${format} ${isStream ? "stream" : "plain"}`,
  );
  const byFact = count(outcomes, ({ fact }) => fact);
  const lines = [
    "provider format streaming: right wrong absent",
    ...renderRows(byGroup),
    "fact: right wrong absent",
    ...renderRows(byFact),
  ];
  const reasons = count(
    outcomes.filter((outcome) => outcome.result === "absent"),
    (outcome) => outcome.reason ?? "no reason",
  );
  for (const [reason, row] of reasons) lines.push(`absent because ${reason}: ${row.absent}`);
  return lines.join("\n");
}

function count(outcomes: readonly Outcome[], toKey: (outcome: Outcome) => string): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const outcome of outcomes) {
    const key = toKey(outcome);
    const row = rows.get(key) ?? { right: 0, wrong: 0, absent: 0 };
    row[outcome.result]++;
    rows.set(key, row);
  }
  return new Map([...rows].sort(([a], [b]) => a.localeCompare(b)));
}

function renderRows(rows: ReadonlyMap<string, Row>): string[] {
  return [...rows].map(([key, row]) => `  ${key.padEnd(44)} ${row.right} ${row.wrong} ${row.absent}`);
}
