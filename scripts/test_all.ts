/** `deno task test [PATH...]`: sets everything up and runs all tests; with paths only those of `deno test`. */
import { runScript } from "./failure.ts";
import { requirePythonClients } from "./python_clients.ts";
import { say } from "./say.ts";
import { sayReason, setUp } from "./setup.ts";
import { addCounts, renderCounts } from "./test_counts.ts";
import { runCargoTests, runDenoTests } from "./test_runner.ts";

await runScript(async () => {
  await setUp();
  await sayReason(requirePythonClients());
  const paths = Deno.args;
  const counts = addCounts([await runDenoTests(paths), ...(paths.length === 0 ? [await runCargoTests()] : [])]);
  for (const line of counts.skipped) say(`skipped  ${line}`);
  say(renderCounts(counts));
  return counts.failed === 0 ? 0 : 1;
});
