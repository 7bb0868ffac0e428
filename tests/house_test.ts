/** Rules of the house that no linter of one file can see: READMEs, registries, plug-in ids, leftovers, one Deno version. */
import { deepStrictEqual, strictEqual } from "node:assert";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const CODE_FOLDERS = ["core", "ffi", "cli", "scripts", "tests", "packaging"];
const NOT_OURS = new Set(["target", "node_modules", "dist", "coverage", ".git"]);
/** Lines of a folder's README, and its headings. */
const README_LINES = 60;
const HEADINGS = ["Data flow", "Who owns what", "How to add one"];

interface Source {
  /** Relative to the top folder. */
  readonly path: string;
  readonly text: string;
}

function listFiles(folder: string): string[] {
  const paths: string[] = [];
  for (const entry of Deno.readDirSync(`${ROOT}/${folder}`)) {
    const path = `${folder}/${entry.name}`.replace(/^\.\//, "");
    if (entry.isDirectory && !NOT_OURS.has(entry.name)) paths.push(...listFiles(path));
    if (entry.isFile) paths.push(path);
  }
  return paths.sort();
}

function read(path: string): string {
  return Deno.readTextFileSync(`${ROOT}/${path}`);
}

const FILES = listFiles(".");
const SOURCES: Source[] = FILES.filter((path) => /\.(ts|tsx|rs|c|h|mjs|py)$/.test(path)).map((path) => ({
  path,
  text: read(path),
}));
const PRODUCT = SOURCES.filter(({ path }) => /^(core|ffi|cli|main)/.test(path) && !/_test\.tsx?$/.test(path));

Deno.test("every folder with code has a README with data flow, owners and how to add one, of at most 60 lines", () => {
  const folders = new Set(
    SOURCES.filter(({ path }) =>
      /\.(ts|rs|c)$/.test(path) && CODE_FOLDERS.some((folder) => path.startsWith(folder + "/"))
    )
      .map(({ path }) => path.slice(0, path.lastIndexOf("/"))),
  );
  const problems: string[] = [];
  for (const folder of folders) {
    // A folder of two or three files belongs to the part above it.
    const isSmall = SOURCES.filter(({ path }) =>
      path.startsWith(folder + "/") && !path.endsWith("_test.ts")
    ).length < 4;
    if (!FILES.includes(`${folder}/README.md`)) {
      if (!isSmall) problems.push(`${folder}: no README.md`);
      continue;
    }
    const lines = read(`${folder}/README.md`).split("\n");
    if (lines.length > README_LINES + 1) problems.push(`${folder}/README.md: ${lines.length} lines`);
    for (const heading of HEADINGS) {
      if (!lines.some((line) => /^#+ /.test(line) && line.includes(heading))) {
        problems.push(
          `${folder}/README.md: no "${heading}"`,
        );
      }
    }
  }
  deepStrictEqual(problems, []);
});

Deno.test("every file that declares a plug-in is in its folder's registry and has a test", () => {
  const problems: string[] = [];
  for (const registry of PRODUCT.filter(({ path }) => path.endsWith("/registry.ts"))) {
    const folder = registry.path.slice(0, registry.path.lastIndexOf("/"));
    const plugins = PRODUCT.filter(({ path, text }) =>
      path.slice(0, path.lastIndexOf("/")) === folder && path !== registry.path && /^\s*stability: "/m.test(text) &&
      /^export const/m.test(text)
    );
    for (const { path } of plugins) {
      const name = path.slice(folder.length + 1);
      if (!registry.text.includes(`"./${name}"`)) problems.push(`${path}: not in ${registry.path}`);
      const isCommand = folder === "cli/commands"; // data only; tested by the tests of the table
      if (!isCommand && !FILES.includes(path.replace(/\.ts$/, "_test.ts"))) problems.push(`${path}: no test beside it`);
    }
  }
  deepStrictEqual(problems, []);
});

Deno.test("nothing compares with a dialect's or provider's id outside the files that own it", () => {
  const dialects = PRODUCT.filter(({ path }) => path.startsWith("core/decode/dialect/"))
    .flatMap(({ text }) => [...text.matchAll(/^\s*id: "([a-z0-9_]+)",?$/gm)].map((match) => match[1] ?? ""));
  const providers = [
    "openai",
    "anthropic",
    "mistral",
    "groq",
    "cohere",
    "google",
    "azure_openai",
    "bedrock",
    "ollama",
    "deepseek",
  ];
  const pattern = new RegExp(`(?:[!=]==|\\bcase)\\s*"(?:${[...new Set([...dialects, ...providers])].join("|")})"`, "g");
  const problems = PRODUCT
    .filter(({ path }) => !path.startsWith("core/decode/dialect/") && !path.startsWith("core/decode/provider/"))
    .flatMap(({ path, text }) => [...text.matchAll(pattern)].map((match) => `${path}: ${match[0]}`));
  strictEqual(dialects.length > 0, true);
  deepStrictEqual(problems, []);
});

Deno.test("there is no leftover: unfinished marks, commented-out checks, untyped values, silent skips", () => {
  const mark = "TO" + "DO";
  const rules: [RegExp, RegExp][] = [
    [/\.(ts|tsx|rs|c|h)$/, new RegExp(`\\b(${mark}|FIX` + "ME|X" + "XX)\\b")],
    [/\.tsx?$/, new RegExp("@ts-" + "(ignore|nocheck|expect-error)")],
    [/\.tsx?$/, new RegExp("\\bas " + "any\\b|: any" + "(\\[|[,;)=]|$)|<any" + ">")],
    [/\.tsx?$/, new RegExp("deno-lint-" + "ignore-file")],
    [/\.tsx?$/, new RegExp("ignore: " + "true|\\.ignore" + "\\(|\\.only" + "\\(")],
    [/\.rs$/, new RegExp("#\\[" + "ignore\\]|unimplemented" + "!|todo" + "!\\(")],
  ];
  const problems = SOURCES.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) =>
      rules.some(([files, pattern]) => files.test(path) && pattern.test(line))
        ? [`${path}:${index + 1}: ${line.trim()}`]
        : []
    )
  );
  deepStrictEqual(problems, []);
});

Deno.test("no Rust file has more than 500 lines", () => {
  const long = SOURCES.filter(({ path, text }) => /\.(rs|c|h)$/.test(path) && text.split("\n").length > 501);
  deepStrictEqual(long.map(({ path }) => path), []);
});

Deno.test("folders and files have no catch-all names", () => {
  deepStrictEqual(FILES.filter((path) => /(^|\/)(utils?|helpers?|common|misc|manager)(\.ts|\.rs|\/)/.test(path)), []);
});

Deno.test("README, docs and .ci/run name one version of Deno", () => {
  const texts = [".ci/run", ...FILES.filter((path) => /^(README|docs\/.*)\.md$/.test(path))].map(read);
  const versions = new Set(
    texts.flatMap((text) => [...text.matchAll(/deno@(\d+\.\d+\.\d+)/g)].map((match) => match[1])),
  );
  deepStrictEqual([...versions], [Deno.version.deno]);
});

Deno.test("no committed text names a machine's folders", () => {
  const pattern = new RegExp("/(work" + "/(main|shared)|tmp" + "/team)\\b");
  const paths = FILES.filter((path) => /\.(ts|rs|c|h|md|json|toml|sh|py|mjs)$/.test(path) || path === ".ci/run");
  deepStrictEqual(paths.filter((path) => pattern.test(read(path))), []);
});
