/**
 * Links the bundle's modules so that they can be loaded from descriptors, which have numbers and no file extension.
 *
 * A small loader gives each module a `blob:` URL when it is first wanted. A module imported from `/proc/self/fd/N` directly
 * would be taken for a file of unknown type: Deno then tries to write a compiled copy, six times, 150 ms in all.
 */

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
/** Takes the place of `import()`; the loader defines it. */
const IMPORT = "globalThis.__oispImport";

/**
 * Links modules that import each other as `"./name"`.
 *
 * @throws {TypeError} when modules import each other in a circle, which the bundler does not make
 */
export function linkModules(modules: ReadonlyMap<string, string>, main: string): LinkedProgram {
  const rows = [...modules].map(([name, text]) => ({ name, needs: findNeeds(text, modules) }));
  requireNoCircle(rows);
  const texts = [...modules.values()].map((text) => replaceDynamicImports(text, modules));
  const loader = renderLoader(rows, main);
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

function replaceDynamicImports(text: string, modules: ReadonlyMap<string, string>): string {
  return text.replace(/\bimport\("\.\/([^"]+)"\)/g, (all, name) => modules.has(name) ? `${IMPORT}("${name}")` : all);
}

function renderLoader(rows: readonly Row[], main: string): string {
  const table = rows.map((row) => `${JSON.stringify(row.name)}:["${DESCRIPTOR}",${JSON.stringify(row.needs)}]`).join(
    ",\n",
  );
  return `const modules = {${table}};
const urls = new Map();
const texts = new Map();
const readText = (name) => texts.get(name) ?? Deno.readTextFileSync("/proc/self/fd/" + parseInt(modules[name][0]));
// Without all rights Deno reads nothing below /proc any more: what was not wanted yet is read before they go.
const { permissions } = Deno;
const revoke = permissions.revokeSync.bind(permissions);
permissions.revokeSync = (right) => {
  for (const name in modules) if (!urls.has(name) && !texts.has(name)) texts.set(name, readText(name));
  return revoke(right);
};
function toUrl(name) {
  const known = urls.get(name);
  if (known) return known;
  const [, needs] = modules[name];
  let text = readText(name);
  for (const need of needs) text = text.replaceAll('"./' + need + '"', JSON.stringify(toUrl(need)));
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  urls.set(name, url);
  texts.delete(name);
  return url;
}
${IMPORT} = (name) => import(toUrl(name));
await ${IMPORT}(${JSON.stringify(main)});
`;
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
