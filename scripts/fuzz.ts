/**
 * `deno task fuzz [INPUTS] [FIRST_SEED]`: every target of `tests/fuzz/` on 50,000 seeded inputs, or as many as asked for. A
 * failure names its seed, with which `deno task fuzz 1 SEED` repeats it. Then the locators in Rust, where there is Rust.
 */
import { type FuzzTarget, runFuzz } from "../tests/support/fuzz.ts";
import { requireDependencies } from "./dependencies.ts";
import { runScript } from "./failure.ts";
import { ROOT } from "./paths.ts";
import { runRustFuzz } from "./rust_fuzz.ts";
import { say } from "./say.ts";

await runScript(async () => {
  await requireDependencies();
  const inputs = Number(Deno.args[0] ?? 50_000);
  const firstSeed = Number(Deno.args[1] ?? 1);
  let failed = 0;
  const targets = await findTargets();
  for (const target of targets) {
    const startMs = performance.now();
    try {
      runFuzz(target, inputs, firstSeed);
      say(`ok      ${target.name}: ${inputs} inputs in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    } catch (error) {
      failed++;
      const cause = error instanceof Error && error.cause instanceof Error
        ? `: ${error.cause.stack ?? error.cause.message}`
        : "";
      say(`failed  ${error instanceof Error ? error.message : error}${cause}`);
    }
  }
  const rust = await runRustFuzz(inputs, Deno.args[1] !== undefined);
  for (const line of rust.lines) say(line);
  if (rust.skipped !== undefined) say(`skipped the locators in Rust: ${rust.skipped}`);
  const all = targets.length + rust.passed + rust.failed;
  failed += rust.failed;
  say(`${all - failed} of ${all} targets passed, ${rust.skipped === undefined ? 0 : 1} skipped`);
  return failed === 0 && targets.length > 0 ? 0 : 1;
});

/** Every exported target, or list of targets, of the modules in `tests/fuzz/`. */
async function findTargets(): Promise<FuzzTarget[]> {
  const targets: FuzzTarget[] = [];
  for (const { name } of [...Deno.readDirSync(`${ROOT}/tests/fuzz`)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const exported: Record<string, unknown> = await import(`${ROOT}/tests/fuzz/${name}`);
    targets.push(...Object.values(exported).flat().filter(isTarget));
  }
  return targets;
}

function isTarget(value: unknown): value is FuzzTarget {
  return typeof value === "object" && value !== null && "name" in value && "run" in value &&
    typeof value.run === "function";
}
