/** Entry point: argv, one command, exit code. The only place that exits. */
import { main } from "./cli/mod.ts";

Deno.exit(await main(Deno.args));
