import type { Enricher } from "./enricher.ts";
import { app } from "./app.ts";
import { cost } from "./cost.ts";
import { host } from "./host.ts";
import { process } from "./process.ts";
import { web } from "./web.ts";

/** Every enricher, in the order they see an event. */
export const ENRICHERS: readonly Enricher[] = [host, process, app, web, cost];
