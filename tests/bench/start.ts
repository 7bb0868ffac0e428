import { median } from "./measure.ts";
import { type Bench, type BenchContext, round } from "./row.ts";

/** How long commands take that do nothing else. */
export const START: Bench = {
  id: "start",
  summary: "wall time of oisp --help and oisp version, warm",
  reason: () => undefined,
  run: async (context) => [
    { bench: "help_wall", value: round(await wallMs(context, ["--help"])), unit: "ms", better: "lower", bar: 60 },
    { bench: "version_wall", value: round(await wallMs(context, ["version"])), unit: "ms", better: "lower" },
  ],
};

async function wallMs({ oisp, isQuick }: BenchContext, args: readonly string[]): Promise<number> {
  const [program = "", ...rest] = oisp;
  const times: number[] = [];
  for (let round = 0; round < (isQuick ? 3 : 21); round++) {
    const startMs = performance.now();
    await new Deno.Command(program, { args: [...rest, ...args], stdin: "null", stdout: "null", stderr: "null" })
      .output();
    times.push(performance.now() - startMs);
  }
  return median(times);
}
