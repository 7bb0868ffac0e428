import { BURDEN } from "./burden.ts";
import { CORPUS } from "./corpus.ts";
import { PIPELINE } from "./pipeline.ts";
import { LIVE } from "./live.ts";
import { MEMORY } from "./memory.ts";
import { OVERHEAD } from "./overhead.ts";
import type { Bench } from "./row.ts";
import { START } from "./start.ts";
import { WIRE } from "./wire.ts";

/** Every group of figures, in the order in which they run. */
export const BENCHES: readonly Bench[] = [START, WIRE, PIPELINE, CORPUS, MEMORY, LIVE, OVERHEAD, BURDEN];
