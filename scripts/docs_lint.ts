/**
 * `deno doc --lint`, reduced to what this project asks for: a docstring on every exported symbol. Members are documented where
 * their name and unit do not say it all, so they are left out; so is `private-type-ref`, since no module here is a package door.
 */
import { ROOT } from "./paths.ts";
import { run } from "./run.ts";

const FOLDERS = ["core", "ffi", "cli", "scripts"];

/** Gives one line per exported symbol of the project without a docstring; an empty list when all have one. */
export function lintDocs(): Promise<string[]> {
  return lintDocsOf([...FOLDERS.flatMap((folder) => listModules(`${ROOT}/${folder}`)), ...listModules(ROOT, false)]);
}

/** The same for the given files. */
export async function lintDocsOf(files: readonly string[]): Promise<string[]> {
  const result = await run(Deno.execPath(), ["doc", "--lint", ...files], { cwd: ROOT, env: { NO_COLOR: "1" } });
  const problems = result.stderr.split(/\n(?=error)/);
  const found = problems.map(toFinding).filter((line) => line !== undefined);
  const other = result.code !== 0 && problems.every((problem) => !/^error\[/.test(problem));
  return other ? [result.stderr.trim().slice(0, 2000)] : found;
}

/** Rendered problems look like `error[code]: text\n --> file:line:column\n  |\n12 | export function ...`. */
function toFinding(problem: string): string | undefined {
  if (!problem.startsWith("error[missing-jsdoc]")) return undefined;
  const place = /-->\s*(\S+?):(\d+):(\d+)/.exec(problem);
  const source = /^\s*\d+ \| (.*)$/m.exec(problem)?.[1] ?? "";
  if (!place || !/^export\s/.test(source)) return undefined;
  return `${place[1]?.replace(ROOT + "/", "")}:${place[2]}: exported without a docstring: ${source.trim()}`;
}

function listModules(folder: string, deep = true): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && deep) files.push(...listModules(path));
    if (entry.isFile && /\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) files.push(path);
  }
  return files.sort();
}
