// Loads the program's modules from descriptors. `link.ts` puts two constants before this text, which has to be ASCII:
// `modules`: by name, its descriptor (eight characters) and, of an early one, the names of what it imports (null of others);
// `main`: the name of the module to start.

const texts = new Map();
const readText = (name) => texts.get(name) ?? Deno.readTextFileSync("/proc/self/fd/" + parseInt(modules[name][0]));
const isEarly = (name) => modules[name][1] !== null;
const urls = new Map();
const later = new Map();

// Without all rights Deno reads nothing below /proc any more: what was not wanted yet is read before they go.
const { permissions } = Deno;
const revoke = permissions.revokeSync.bind(permissions);
permissions.revokeSync = (right) => {
  for (const name in modules) if (!urls.has(name) && !later.has(name)) texts.set(name, readText(name));
  return revoke(right);
};

function toUrl(name) {
  const known = urls.get(name);
  if (known) return known;
  let text = readText(name);
  for (const need of modules[name][1]) text = text.replaceAll('"./' + need + '"', JSON.stringify(toUrl(need)));
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  urls.set(name, url);
  texts.delete(name);
  return url;
}

// Asked for when it is first needed: it brings Node's built-ins with it, 15 ms.
const vm = () => process.getBuiltinModule("node:vm");

function toLater(name) {
  const known = later.get(name);
  if (known) return known;
  const identifier = "oisp:" + name;
  const module = new (vm().SourceTextModule)(readText(name), {
    identifier,
    importModuleDynamically: importAny,
    initializeImportMeta: (meta) => void (meta.url = identifier),
  });
  later.set(name, module);
  texts.delete(name);
  return module;
}

async function importAny(specifier) {
  return specifier.startsWith("./") ? await importOne(specifier.slice(2)) : await import(specifier);
}

function toSynthetic(identifier, values) {
  const names = Object.keys(values);
  return new (vm().SyntheticModule)(names, function () {
    for (const name of names) this.setExport(name, values[name]);
  }, { identifier });
}

const synthetic = new Map();

async function link(specifier) {
  const name = specifier.slice(2);
  if (specifier.startsWith("./") && !isEarly(name)) return toLater(name);
  // Two importers that ask at the same time get the same module.
  if (!synthetic.has(specifier)) synthetic.set(specifier, makeSynthetic(specifier, name));
  return await synthetic.get(specifier);
}

async function makeSynthetic(specifier, name) {
  return toSynthetic(specifier, await import(specifier.startsWith("./") ? toUrl(name) : specifier));
}

// One at a time: two graphs that share a module must not link it twice.
let linking = Promise.resolve();

async function importOne(name) {
  if (isEarly(name)) return await import(toUrl(name));
  const module = toLater(name);
  await (linking = linking.then(() => module.status === "unlinked" ? module.link(link) : undefined));
  await module.evaluate();
  return module.namespace;
}

globalThis.__oispImport = importOne;
await importOne(main);
