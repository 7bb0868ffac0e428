/**
 * Links the bundle's modules so that they can be loaded from descriptors, which have numbers and no file extension.
 *
 * A module imported from `/proc/self/fd/N` directly would be taken for a file of unknown type: Deno then tries to write a
 * compiled copy, six times, 150 ms in all. So a small loader (`loader.js`) hands the modules over in two ways:
 *
 * - *Early* modules, those the main one imports statically, get `blob:` URLs. Deno parses each of them itself, to look for imports
 *   that were linked long ago: milliseconds for these.
 * - All others go to V8 alone, through `node:vm`: what parsing them twice cost was 0.15 s of CPU time and 40 MB each start.
 *   `oisp --help` needs none of them, nor `node:vm`.
 */
import LOADER from "./loader.js" with { type: "text" };

/** The program, ready to be placed in the file. */
export interface LinkedProgram {
  /** Text of the loader, the module that Deno starts. */
  readonly loader: string;
  /** Module texts, in the order of `descriptorOffsets`. */
  readonly texts: readonly string[];
  /** Where in the loader's bytes the descriptor of each module is to be written, eight bytes wide. */
  readonly descriptorOffsets: readonly number[];
}

/** What the loader knows of a module. */
interface Row {
  readonly name: string;
  /** Names it imports statically. */
  readonly needs: readonly string[];
}

const DESCRIPTOR = "00000000";
/** Takes the place of `import()` in early modules; the loader defines it. */
const IMPORT = "globalThis.__oispImport";

/**
 * Links modules that import each other as `"./name"`.
 *
 * @throws {TypeError} when modules import each other in a circle, which the bundler does not make, or when an early module changes
 * what it exports: the others would see the first value for ever
 */
export function linkModules(modules: ReadonlyMap<string, string>, main: string): LinkedProgram {
  const rows = [...modules].map(([name, text]) => ({ name, needs: findNeeds(text, modules) }));
  requireNoCircle(rows);
  const early = findEarly(rows, main);
  for (const name of early) requireFixedExports(name, modules.get(name) ?? "");
  const texts = [...modules].map(([name, text]) => early.has(name) ? replaceDynamicImports(text, modules) : text);
  const loader = renderLoader(rows, early, main);
  const descriptorOffsets: number[] = [];
  // The loader is ASCII, so that an index in its text is an offset in its bytes.
  for (let at = loader.indexOf(DESCRIPTOR); at >= 0; at = loader.indexOf(DESCRIPTOR, at + DESCRIPTOR.length)) {
    descriptorOffsets.push(at);
  }
  return { loader, texts, descriptorOffsets };
}

function findNeeds(text: string, modules: ReadonlyMap<string, string>): string[] {
  const names = [...text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g)].map((match) => match[1] ?? "");
  return [...new Set(names)].filter((name) => modules.has(name));
}

/** The main module and all that it imports statically. */
function findEarly(rows: readonly Row[], main: string): ReadonlySet<string> {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const early = new Set([main]);
  // A set is gone through to its end, also what is added on the way.
  for (const name of early) for (const need of byName.get(name)?.needs ?? []) early.add(need);
  return early;
}

function requireFixedExports(name: string, text: string): void {
  const exported = [...text.matchAll(/^export\s*\{([^}]*)\}/gm)].flatMap((match) => (match[1] ?? "").split(","));
  const locals = exported.map((entry) => entry.trim().split(/\s+/)[0] ?? "").filter((local) => local !== "");
  for (const local of locals) {
    const assigned = new RegExp(`(?<![\\w.$])${RegExp.escape(local)}\\s*(?:[-+*/%&|^?]{0,3}=(?![=>])|\\+\\+|--)`, "g");
    if ((text.match(assigned) ?? []).length > 1) throw new TypeError(`${name} changes ${local}, which it exports`);
  }
}

function replaceDynamicImports(text: string, modules: ReadonlyMap<string, string>): string {
  return text.replace(/\bimport\("\.\/([^"]+)"\)/g, (all, name) => modules.has(name) ? `${IMPORT}("${name}")` : all);
}

function renderLoader(rows: readonly Row[], early: ReadonlySet<string>, main: string): string {
  const table = rows.map(({ name, needs }) =>
    `${JSON.stringify(name)}:["${DESCRIPTOR}",${JSON.stringify(early.has(name) ? needs : null)}]`
  );
  return `const modules = {${table.join(",\n")}};\nconst main = ${JSON.stringify(main)};\n${LOADER}`;
}

function requireNoCircle(rows: readonly Row[]): void {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new TypeError(`modules import each other in a circle: ${[...path, name].join(" -> ")}`);
    }
    if (done.has(name)) return;
    for (const need of byName.get(name)?.needs ?? []) visit(need, [...path, name]);
    done.add(name);
  };
  for (const row of rows) visit(row.name, []);
}
