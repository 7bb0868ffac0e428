import { V8_FLAGS } from "./v8_flags.ts";
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
        `--v8-flags=${V8_FLAGS}`,
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
    return toReason(result.stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Deno lists its causes, the telling one behind "error sending request" or last. */
function toReason(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => /^(error:|\d+:) /.test(line));
  const telling = lines.find((line) => line.includes("error sending request")) ?? lines.at(-1) ?? stderr.trim();
  return telling.replace(/^\d+: /, "").slice(0, 240);
}
