import { Failure } from "./failure.ts";
import { withLock } from "./lock.ts";
import { ROOT } from "./paths.ts";
import { run } from "./run.ts";

/** Fetches what `deno.lock` names into Deno's own cache; refuses when `deno.json` and the lock file disagree. */
export async function requireDependencies(): Promise<void> {
  const result = await withLock("dependencies", () => run(Deno.execPath(), ["ci"], { cwd: ROOT }));
  if (result.code === 0) return;
  throw new Failure("Cannot fetch the npm packages", result.stderr.trim().replaceAll("\n", " "), "deno install");
}
