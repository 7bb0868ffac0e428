/**
 * The checks of `task ok` and `.ci/run`, each a name and a function that gives lines to print when it fails.
 */
import { lintDocs } from "./docs_lint.ts";
import { cargoEnvironment } from "./native_library.ts";
import { ROOT } from "./paths.ts";
import { run } from "./run.ts";
import { say } from "./say.ts";

/** One check. `check` gives what is wrong, or an empty text. */
export interface Step {
  readonly name: string;
  readonly check: () => Promise<string>;
}

/** Format, lint, types, docs lint, rustfmt, clippy: in the order of how fast they answer. */
export const OK_STEPS: readonly Step[] = [
  { name: "format", check: () => deno("fmt", "--check") },
  { name: "lint", check: () => deno("lint") },
  { name: "docs lint", check: async () => (await lintDocs()).join("\n") },
  { name: "types", check: () => deno("check", "--frozen", ".") },
  { name: "rustfmt", check: () => cargo("fmt", "--all", "--check") },
  { name: "clippy", check: () => cargo("clippy", "--locked", "--all-targets", "--", "-D", "warnings") },
];

/** Runs steps one after the other and says how each went. @returns how many failed */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  let failed = 0;
  for (const step of steps) {
    const startMs = performance.now();
    const problem = (await step.check()).trim();
    say(`${problem ? "failed" : "ok"}  ${step.name} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`);
    if (problem) say(problem);
    if (problem) failed++;
  }
  return failed;
}

async function deno(...args: string[]): Promise<string> {
  const result = await run(Deno.execPath(), args, { cwd: ROOT, env: { NO_COLOR: "1" } });
  return result.code === 0 ? "" : result.stdout + result.stderr;
}

async function cargo(...args: string[]): Promise<string> {
  const env = await cargoEnvironment();
  const result = await run("cargo", args, { cwd: `${ROOT}/bpf-rs`, env });
  return result.code === 0 ? "" : (result.stdout + result.stderr).split("\n").slice(-60).join("\n");
}
