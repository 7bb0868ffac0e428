import { ROOT } from "../../scripts/paths.ts";
import { type BenchKind, generateFile } from "./generate.ts";
import { type Cost, measure, median } from "./measure.ts";
import { type Bench, type BenchContext, round, type Row } from "./row.ts";

const FLOOR = `${ROOT}/tests/bench/floor.ts`;

/** Records to redacted JSON lines, offline, interleaved with the floor program. */
export const PIPELINE: Bench = {
  id: "pipeline",
  summary: "offline decode of the fixed input, and the same against the floor program",
  reason: () => undefined,
  run: async (context) => [
    ...await measureKind(context, "chat", context.isQuick ? 2000 : 20_000),
    ...await measureKind(context, "sse", context.isQuick ? 200 : 2000),
  ],
};

async function measureKind(context: BenchContext, kind: BenchKind, count: number): Promise<Row[]> {
  const input = `${context.folder}/${kind}.jsonl`;
  const [output, floorOutput] = [`${context.folder}/${kind}.out`, `${context.folder}/${kind}.floor`];
  const payload = await generateFile(kind, count, input);
  const ours: Cost[] = [];
  const floors: Cost[] = [];
  for (let round = 0; round < (context.isQuick ? 1 : 5); round++) {
    floors.push(await measure([Deno.execPath(), "run", "-A", FLOOR, input, floorOutput]));
    ours.push(await requireSuccess(measure([...context.oisp, "decode", "--from", "records", input], output)));
  }
  await requirePairs(output, count);
  const cpuS = median(ours.map((cost) => cost.cpuS));
  const ratios = ours.map((cost, index) => cost.cpuS / (floors[index]?.cpuS ?? NaN));
  const written = (await Deno.stat(output)).size;
  const isChat = kind === "chat";
  return [
    row(
      `pipeline_${kind}_${isChat ? "pairs" : "streams"}_per_cpu_s`,
      count / cpuS,
      "1/s",
      "higher",
      isChat ? 15_000 : 1000,
    ),
    row(`pipeline_${kind}_over_floor`, median(ratios), "ratio", "lower", isChat ? 1.4 : 1),
    row(`pipeline_${kind}_peak_rss`, Math.max(...ours.map((cost) => cost.peakMb ?? 0)), "MB", "lower", 180),
    row(`pipeline_${kind}_written_per_read`, written / payload, "ratio", "lower", isChat ? 1 : 0.3),
    row(`floor_${kind}_per_cpu_s`, count / median(floors.map((cost) => cost.cpuS)), "1/s", "higher"),
  ];
}

async function requireSuccess(running: Promise<Cost>): Promise<Cost> {
  const cost = await running;
  if (cost.code !== 0) throw new Error(`oisp decode ended with ${cost.code}: ${cost.stderr.slice(-500)}`);
  return cost;
}

/** A fast program that leaves calls out has no figure. */
async function requirePairs(path: string, count: number): Promise<void> {
  const text = await Deno.readTextFile(path);
  for (const type of ["ai.request", "ai.response"]) {
    const found = text.split(`"event_type":"${type}"`).length - 1;
    if (found !== count) throw new Error(`${found} of ${count} ${type} events came out`);
  }
}

function row(bench: string, value: number, unit: string, better: Row["better"], bar?: number): Row {
  return { bench, value: round(value), unit, better, ...(bar === undefined ? {} : { bar }) };
}
