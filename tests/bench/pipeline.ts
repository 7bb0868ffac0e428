import { ROOT } from "../../scripts/paths.ts";
import { recordFile } from "./as_recording.ts";
import { generateFile } from "./generate.ts";
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
    ...await measureMix(context, context.isQuick ? 500 : 8000),
  ],
};

async function measureKind(context: BenchContext, kind: "chat" | "sse", count: number): Promise<Row[]> {
  const file = (ending: string) => `${context.folder}/${kind}.${ending}`;
  const [input, recording, output, replayed] = [file("jsonl"), file("oispcap"), file("out"), file("replayed")] as const;
  const payload = await generateFile(kind, count, input);
  await recordFile(input, recording);
  const costs = { text: [] as Cost[], recording: [] as Cost[], floor: [] as Cost[] };
  for (let round = 0; round < (context.isQuick ? 1 : 5); round++) {
    costs.floor.push(await measure([Deno.execPath(), "run", "-A", FLOOR, input, file("floor")]));
    const decode = [...context.oisp, "decode", "--from", "records", input];
    costs.text.push(await requireSuccess(measure(decode, output)));
    const replay = [...context.oisp, "replay", recording, "-o", "-"];
    costs.recording.push(await requireSuccess(measure(replay, replayed)));
  }
  await requirePairs(output, count);
  await requirePairs(replayed, count);
  return toRows(kind, { count, payload }, costs, (await Deno.stat(output)).size / payload);
}

/** Chat calls, every tenth a stream. */
async function measureMix(context: BenchContext, count: number): Promise<Row[]> {
  const [input, output] = [`${context.folder}/mix.jsonl`, `${context.folder}/mix.out`];
  const payload = await generateFile("mix", count, input);
  const { costs, floors } = await interleave(context, FLOOR, input, output);
  await requirePairs(output, count);
  return rateRows("mix", { count, payload }, costs, floors);
}

/** Runs the pipeline and a floor program in turns over one input of text lines. */
export async function interleave(
  context: BenchContext,
  floor: string,
  input: string,
  output: string,
): Promise<{ costs: Cost[]; floors: Cost[] }> {
  const [costs, floors]: Cost[][] = [[], []];
  for (let round = 0; round < (context.isQuick ? 1 : 5); round++) {
    floors?.push(
      await requireSuccess(measure([Deno.execPath(), "run", "-A", floor, input, `${context.folder}/floor`])),
    );
    costs?.push(await requireSuccess(measure([...context.oisp, "decode", "--from", "records", input], output)));
  }
  return { costs: costs ?? [], floors: floors ?? [] };
}

/** Rates of an input without a bar of its own. */
export function rateRows(
  name: string,
  { count, payload }: { readonly count: number; readonly payload: number },
  costs: readonly Cost[],
  floors: readonly Cost[],
): Row[] {
  const cpuS = median(costs.map((cost) => cost.cpuS));
  const ratio = median(costs.map((cost, index) => cost.cpuS / (floors[index]?.cpuS ?? NaN)));
  return [
    row(`pipeline_${name}_exchanges_per_cpu_s`, count / cpuS, "1/s", "higher"),
    row(`pipeline_${name}_mb_per_cpu_s`, payload / 1e6 / cpuS, "MB/s", "higher"),
    row(`pipeline_${name}_over_floor`, ratio, "ratio", "lower"),
    row(`pipeline_${name}_peak_rss`, Math.max(...costs.map((cost) => cost.peakMb ?? 0)), "MB", "lower", 180),
  ];
}

interface Costs {
  readonly text: readonly Cost[];
  readonly recording: readonly Cost[];
  readonly floor: readonly Cost[];
}

function toRows(
  kind: "chat" | "sse",
  { count, payload }: { readonly count: number; readonly payload: number },
  costs: Costs,
  writtenPerRead: number,
): Row[] {
  const isChat = kind === "chat";
  const perCpuS = (of: readonly Cost[]) => count / median(of.map((cost) => cost.cpuS));
  const overFloor = (of: readonly Cost[]) =>
    median(of.map((cost, index) => cost.cpuS / (costs.floor[index]?.cpuS ?? NaN)));
  const rateBar = isChat ? 15_000 : 1000;
  const ratioBar = isChat ? 1.4 : 1;
  const peakMb = Math.max(...costs.text.map((cost) => cost.peakMb ?? 0));
  return [
    row(`pipeline_${kind}_${isChat ? "pairs" : "streams"}_per_cpu_s`, perCpuS(costs.text), "1/s", "higher", rateBar),
    row(`pipeline_${kind}_mb_per_cpu_s`, payload / 1e6 / median(costs.text.map((cost) => cost.cpuS)), "MB/s", "higher"),
    row(`pipeline_${kind}_over_floor`, overFloor(costs.text), "ratio", "lower", ratioBar),
    row(`pipeline_${kind}_from_recording_over_floor`, overFloor(costs.recording), "ratio", "lower", ratioBar),
    row(`pipeline_${kind}_peak_rss`, peakMb, "MB", "lower", 180),
    row(`pipeline_${kind}_written_per_read`, writtenPerRead, "ratio", "lower", isChat ? 1 : 0.3),
    row(`floor_${kind}_per_cpu_s`, perCpuS(costs.floor), "1/s", "higher"),
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
