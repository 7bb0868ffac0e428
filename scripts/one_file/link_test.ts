import { deepStrictEqual, match, strictEqual, throws } from "node:assert";
import { linkModules } from "./link.ts";

const MODULES = new Map([
  ["main.js", 'import { a } from "./shared.js";\nif (a) await import("./lazy.js");\nimport("./elsewhere.js");'],
  ["lazy.js", 'import{b}from"./shared.js";export const c = "./lazy.js";'],
  ["shared.js", "export const a = 1, b = 2;"],
]);

Deno.test("link replaces a dynamic import of a module of its own, and no other", () => {
  const { texts } = linkModules(MODULES, "main.js");
  match(texts[0] ?? "", /await globalThis\.__oispImport\("lazy\.js"\)/);
  match(texts[0] ?? "", /import\("\.\/elsewhere\.js"\)/);
});

Deno.test("link gives the place of each descriptor in the loader's bytes, in the order of the modules", () => {
  const { loader, descriptorOffsets } = linkModules(MODULES, "main.js");
  strictEqual(descriptorOffsets.length, 3);
  for (const offset of descriptorOffsets) strictEqual(loader.slice(offset, offset + 8), "00000000");
  deepStrictEqual(descriptorOffsets.map((offset) => loader.slice(0, offset).match(/"([a-z]+\.js)":\["$/)?.[1]), [
    "main.js",
    "lazy.js",
    "shared.js",
  ]);
});

Deno.test("link tells the loader what early modules import, and that the others are for later", () => {
  const { loader, texts } = linkModules(MODULES, "main.js");
  match(loader, /"main\.js":\["0{8}",\["shared\.js"\]\]/);
  match(loader, /"shared\.js":\["0{8}",\[\]\]/);
  match(loader, /"lazy\.js":\["0{8}",null\]/);
  strictEqual(texts[1], MODULES.get("lazy.js"));
});

Deno.test("link refuses an early module that changes what it exports", () => {
  const modules = new Map([
    ["main.js", 'import "./state.js";'],
    ["state.js", "var state = 1;\nvar fixed = 2;\nfunction set() {\n  state = 2;\n}\nexport {\n  fixed,\n  state\n};"],
  ]);
  throws(() => linkModules(modules, "main.js"), /state\.js changes state,/);
  const later = new Map([["main.js", 'import("./state.js");'], ["state.js", modules.get("state.js") ?? ""]]);
  strictEqual(linkModules(later, "main.js").texts.length, 2);
});

Deno.test("link refuses modules that import each other in a circle", () => {
  const circle = new Map([["a.js", 'import "./b.js";'], ["b.js", 'export * from "./a.js";']]);
  throws(() => linkModules(circle, "a.js"), /circle: a\.js -> b\.js -> a\.js/);
});
