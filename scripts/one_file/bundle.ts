import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { run } from "../run.ts";

/** The program as modules that import each other as `./name`. */
export interface Bundle {
  /** Module texts by file name. */
  readonly modules: ReadonlyMap<string, string>;
  /** Name of the module to start. */
  readonly main: string;
}

/**
 * Bundles an entry file. Every `import()` becomes a module of its own, so that `oisp --help` does not read the decoder.
 *
 * @param entry - path of the entry file
 */
export async function bundleProgram(entry = `${ROOT}/main.ts`): Promise<Bundle> {
  const folder = await Deno.makeTempDir({ prefix: "oisp-bundle-" });
  try {
    const result = await run(
      Deno.execPath(),
      ["bundle", "--quiet", "--frozen", "--code-splitting", "--outdir", folder, entry],
      { cwd: ROOT, env: { NO_COLOR: "1" } },
    );
    if (result.code !== 0) {
      throw new Failure(
        "Cannot bundle the program",
        result.stderr.trim(),
        `deno bundle --code-splitting --outdir out ${entry}`,
      );
    }
    const modules = new Map<string, string>();
    for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      modules.set(name, await Deno.readTextFile(`${folder}/${name}`));
    }
    return { modules, main: entry.replace(/^.*\//, "").replace(/\.ts$/, ".js") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
