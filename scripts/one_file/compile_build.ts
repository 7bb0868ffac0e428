import { ROOT } from "../paths.ts";
import { run } from "../run.ts";

/** Starts the program with the library that was put into the executable. */
const ENTRY = `Deno.env.set("OISP_LIBRARY", import.meta.dirname + "/liboisp_capture.so");
Deno.env.set("OISP_BUILD", "deno-compile");
Deno.env.delete("OISP_START");
await import("../main.ts");
`;

/**
 * Tries `deno compile`, which needs Deno's runtime for compiled programs: from `DENORT_BIN`, its cache, or the network.
 *
 * @returns undefined when `path` was written, else why not
 */
export async function compileProgram(libraryPath: string, path: string): Promise<string | undefined> {
  const folder = `${ROOT}/dist/compile`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    await Deno.writeTextFile(`${folder}/entry.ts`, ENTRY.replace("../main.ts", "../../main.ts"));
    await Deno.copyFile(libraryPath, `${folder}/liboisp_capture.so`);
    const result = await run(
      Deno.execPath(),
      [
        "compile",
        "--quiet",
        "--no-check",
        "--frozen",
        "--allow-all",
        "--no-prompt",
        "--v8-flags=--enable-experimental-regexp-engine-on-excessive-backtracks",
        "--include",
        `${folder}/liboisp_capture.so`,
        "--include",
        `${ROOT}/main.ts`,
        "--output",
        path,
        `${folder}/entry.ts`,
      ],
      { cwd: ROOT, env: { NO_COLOR: "1" } },
    );
    if (result.code === 0) return undefined;
    return result.stderr.trim().split("\n").filter((line) => line && !line.startsWith("Stack")).slice(0, 2).join(" ");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
