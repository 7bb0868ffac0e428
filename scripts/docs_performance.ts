/**
 * Writes the table of `docs/performance.md` from figures: `deno run -A scripts/docs_performance.ts FIGURES.jsonl...`, where the
 * files are what `deno task bench` printed. Later files win.
 */
import type { Row } from "../tests/bench/row.ts";
import { ROOT } from "./paths.ts";

const PAGE = `${ROOT}/docs/performance.md`;
const [START, END] = ["<!-- figures -->", "<!-- end of figures -->"];

const rows = new Map<string, Row>();
for (const path of Deno.args) {
  for (const line of (await Deno.readTextFile(path)).split("\n").filter(Boolean)) {
    const row: Row = JSON.parse(line);
    rows.set(row.bench, row);
  }
}
const table = [
  "| figure | measured | bar | |",
  "| --- | --- | --- | --- |",
  ...[...rows.values()].map((row) =>
    `| \`${row.bench}\` | ${row.value} ${row.unit} | ${renderBar(row)} | ${isMet(row) ? "" : "**not met**"} ${
      row.note ?? ""
    } |`
  ),
].join("\n");
const page = await Deno.readTextFile(PAGE);
const [before = "", rest = ""] = page.split(START);
const after = rest.split(END)[1] ?? "";
await Deno.writeTextFile(PAGE, `${before}${START}\n\n${table}\n\n${END}${after}`);

function renderBar({ bar, better, unit }: Row): string {
  return bar === undefined ? "" : `${better === "higher" ? "at least" : "at most"} ${bar} ${unit}`;
}

function isMet({ bar, better, value }: Row): boolean {
  return bar === undefined || (better === "higher" ? value >= bar : value <= bar);
}
