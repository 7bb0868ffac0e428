import { findStageReason, type Stage } from "../e2e/stage.ts";
import { startSensor, withLoadServer } from "./live.ts";
import { findToolsReason, type LoadTools } from "./load_tools.ts";
import { median } from "./measure.ts";
import { type Bench, type BenchContext, round, type Row } from "./row.ts";

interface Case {
  readonly id: string;
  readonly args: readonly string[];
  readonly bar: number;
}

const CASES: readonly Case[] = [
  { id: "1kb_flat_out", args: ["-n", "4000"], bar: 1.25 },
  { id: "64kb_flat_out", args: ["-n", "800", "-q", "65536", "-s", "65536"], bar: 1.3 },
  { id: "1kb_paced", args: ["-n", "300", "-W", "2"], bar: 1.15 },
];

/** Median call times in µs of one round: without a sensor twice (the noise floor), and with one. */
interface Round {
  readonly without: number;
  readonly again: number;
  readonly captured: number;
}

/**
 * What capture adds to a closed-loop client, decoding included. The sensor finds every copy of a library by itself, so the
 * comparison is with no sensor at all: each round measures without, without again, and with one.
 */
export const OVERHEAD: Bench = {
  id: "overhead",
  summary: "call time of a captured client over that of the same client without a sensor, interleaved",
  reason: () => findStageReason() ?? findToolsReason(),
  run: (context) =>
    withLoadServer(context, async (stage, tools) => {
      const rows: Row[] = [];
      for (const one of CASES) rows.push(...toRows(one, await measureCase(context, stage, tools, one)));
      return rows;
    }),
};

async function measureCase(context: BenchContext, stage: Stage, tools: LoadTools, one: Case): Promise<Round[]> {
  const call = async (): Promise<number> => {
    const { stdout } = await stage.run([tools.loadgen, "-p", "9443", "-w", "50", ...one.args], { limitMs: 120_000 });
    return JSON.parse(stdout).p50_us;
  };
  const rounds: Round[] = [];
  for (let index = 0; index < (context.isQuick ? 3 : 9); index++) {
    const [without, again] = [await call(), await call()];
    const sensor = await startSensor(context, stage, ["-o", `${context.folder}/overhead.jsonl`]);
    rounds.push({ without, again, captured: await call() });
    await sensor.stop();
  }
  return rounds;
}

function toRows(one: Case, rounds: readonly Round[]): Row[] {
  const noise = median(rounds.map(({ without, again }) => again / without));
  const ratio = median(rounds.map(({ without, captured }) => captured / without));
  const addedUs = median(rounds.map(({ without, captured }) => captured - without));
  const note = `${round(median(rounds.map(({ without }) => without)))} us without, ${round(addedUs)} us added`;
  return [
    { bench: `overhead_${one.id}`, value: round(ratio), unit: "ratio", better: "lower", bar: one.bar, note },
    { bench: `overhead_${one.id}_noise`, value: round(noise), unit: "ratio", better: "lower" },
  ];
}
