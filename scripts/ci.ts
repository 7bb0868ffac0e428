/** What `.ci/run` does: set-up, `ok`, all tests, build, start-up tests of `dist/oisp`. Goes on after a failure and counts it. */
import { runScript } from "./failure.ts";
import { ROOT } from "./paths.ts";
import { requirePythonClients } from "./python_clients.ts";
import { runHere } from "./run.ts";
import { say } from "./say.ts";
import { sayReason, setUp } from "./setup.ts";
import { OK_STEPS, runSteps } from "./steps.ts";
import { addCounts, renderCounts } from "./test_counts.ts";
import { runCargoTests, runDenoTests } from "./test_runner.ts";

await runScript(async () => {
  const library = await setUp();
  await sayReason(requirePythonClients());
  const failedSteps = await runSteps(OK_STEPS) + (library === undefined ? 1 : 0);
  const tests = [await runCargoTests()];
  const isBuilt = await runHere(Deno.execPath(), ["run", "-A", `${ROOT}/scripts/build.ts`], { cwd: ROOT }) === 0;
  say(`${isBuilt ? "ok" : "failed"}  build`);
  // Built first, so that the start-up tests of dist/oisp run among the others.
  tests.push(await runDenoTests([], { OISP_TEST_BUILT: isBuilt ? "1" : "" }));
  const counts = addCounts([...tests, { passed: 0, failed: failedSteps + (isBuilt ? 0 : 1), skipped: [] }]);
  for (const line of counts.skipped) say(`skipped  ${line}`);
  await Deno.stdout.write(new TextEncoder().encode(renderCounts(counts) + "\n"));
  return counts.failed === 0 ? 0 : 1;
});
