import { Random } from "./random.ts";

/** One fuzz target: feeds one seeded input to a parser and checks what must hold for every input. Throws when it does not. */
export interface FuzzTarget {
  /** Name in the report. */
  readonly name: string;
  run(random: Random): void;
}

/** Inputs of each target in `deno task test`; `deno task fuzz` runs more. */
export const TEST_INPUTS = 2000;

/** Runs a target over `inputs` seeds. @throws {Error} naming the seed of the first input that fails. */
export function runFuzz(target: FuzzTarget, inputs: number, firstSeed = 1): void {
  for (let seed = firstSeed; seed < firstSeed + inputs; seed++) {
    try {
      target.run(new Random(seed));
    } catch (error) {
      throw new Error(`fuzz target ${target.name} fails with seed ${seed}`, { cause: error });
    }
  }
}
