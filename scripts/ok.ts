/** `deno task ok`: format, lint, types, docs lint, rustfmt, clippy. */
import { requireDependencies } from "./dependencies.ts";
import { runScript } from "./failure.ts";
import { requireBuildPackages } from "./packages.ts";
import { OK_STEPS, runSteps } from "./steps.ts";

await runScript(async () => {
  await requireDependencies();
  await requireBuildPackages();
  return await runSteps(OK_STEPS) === 0 ? 0 : 1;
});
