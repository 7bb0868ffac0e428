import { ROOT } from "../../scripts/paths.ts";
import { measure, median } from "./measure.ts";
import { type Bench, type BenchContext, round, type Row } from "./row.ts";

const GENERATOR = `${ROOT}/tests/bench/generate_main.ts`;
/** The maker of the input stands before the pipe; it is smaller than what reads it, so the larger peak is the reader's. */
const PIPE =
  `gen=$1 count=$2 deno=$3; shift 3; set -o pipefail; "$deno" run -A "$gen" chat "$count" | "$@" decode --from records -`;
const ROUNDS = 3;
const TIMES = 10;
/** What is written and read in blocks of changing size, and collected now and then, is never flat to the percent. */
const BAR = 1.1;

/** What ten times the input does to the memory of the pipeline. */
export const MEMORY: Bench = {
  id: "memory",
  summary: "peak memory of the pipeline at ten times the input",
  reason: () => undefined,
  run: async (context) => {
    const count = context.isQuick ? 2_000 : 20_000;
    const [once, tenfold]: number[][] = [[], []];
    for (let turn = 0; turn < (context.isQuick ? 1 : ROUNDS); turn++) {
      once?.push(await measurePeak(context, count));
      tenfold?.push(await measurePeak(context, count * TIMES));
    }
    const [small, large] = [median(once ?? []), median(tenfold ?? [])];
    const row: Row = {
      bench: "pipeline_memory_10x",
      value: round(large / small),
      unit: "ratio",
      better: "lower",
      bar: BAR,
      note: `${Math.round(small)} MB with ${count} pairs, ${Math.round(large)} MB with ${count * TIMES}`,
    };
    return [row];
  },
};

/** Largest resident set of `oisp decode` over so many pairs, in MB. */
async function measurePeak(context: BenchContext, count: number): Promise<number> {
  const command = ["bash", "-c", PIPE, "bash", GENERATOR, String(count), Deno.execPath(), ...context.oisp];
  const output = `${context.folder}/memory.out`;
  const { code, stderr, peakMb } = await measure(command, output);
  if (code !== 0 || peakMb === undefined) throw new Error(`oisp decode ended with ${code}: ${stderr.slice(-500)}`);
  const answers = await countAnswers(output);
  if (answers !== count) throw new Error(`${answers} of ${count} answers came out`);
  return peakMb;
}

/** Counts without holding the output: it has a gigabyte. */
async function countAnswers(path: string): Promise<number> {
  const command = new Deno.Command("grep", { args: ["-c", '"event_type":"ai.response"', path] });
  return Number(new TextDecoder().decode((await command.output()).stdout));
}
