/**
 * `deno task build [--kind auto|compile|inject]`: makes `dist/oisp`, one file, and `dist/oisp-sensor`, a link to it.
 *
 * `auto` takes `deno compile` where Deno's runtime for compiled programs is at hand, else adds the program to the Deno
 * executable itself; `oisp version` says which one it is.
 */
import { Failure, runScript } from "./failure.ts";
import { requireDependencies } from "./dependencies.ts";
import { requireNativeLibrary } from "./native_library.ts";
import { bundleProgram } from "./one_file/bundle.ts";
import { compileProgram } from "./one_file/compile_build.ts";
import { injectIntoDeno } from "./one_file/inject_build.ts";
import { ROOT } from "./paths.ts";
import { say } from "./say.ts";

const KINDS = ["auto", "compile", "inject"];

/** Builds one of the kinds to `path`. @returns the kind that was built */
export async function buildExecutable(kind: string, path: string): Promise<string> {
  await requireDependencies();
  const library = await requireNativeLibrary();
  const temporary = `${path}.${Deno.pid}`;
  const refusal = kind === "inject" ? "not asked for" : await compileProgram(library, temporary);
  if (refusal !== undefined) {
    if (kind === "compile") throw new Failure("Cannot run deno compile", refusal, "deno task build --kind inject");
    if (kind === "auto") {
      say(`deno compile is not possible here (${refusal}): adding the program to the Deno executable`);
    }
    await Deno.writeFile(temporary, await injectIntoDeno(await bundleProgram(), library), { mode: 0o755 });
  }
  await Deno.chmod(temporary, 0o755);
  await Deno.rename(temporary, path);
  return refusal === undefined ? "deno-compile" : "one-file";
}

async function main(): Promise<void> {
  const at = Deno.args.indexOf("--kind");
  const kind = at < 0 ? "auto" : Deno.args[at + 1] ?? "";
  if (!KINDS.includes(kind)) throw new Failure("Cannot build", `"${kind}" is not a kind`, `--kind ${KINDS.join("|")}`);
  await Deno.mkdir(`${ROOT}/dist`, { recursive: true });
  const path = `${ROOT}/dist/oisp`;
  const built = await buildExecutable(kind, path);
  await Deno.remove(`${ROOT}/dist/oisp-sensor`).catch(() => {});
  await Deno.symlink("oisp", `${ROOT}/dist/oisp-sensor`);
  say(`dist/oisp: ${((await Deno.stat(path)).size / 1e6).toFixed(0)} MB, ${built}`);
}

if (import.meta.main) await runScript(main);
