/** Entry point: argv, one command, exit code. The only place that exits. */
import { explainStrays } from "./cli/failure.ts";
import { main } from "./cli/mod.ts";

explainStrays(Deno.args, Deno.exit);
Deno.exit(await main(Deno.args));
