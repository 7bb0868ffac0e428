import { deepStrictEqual, strictEqual } from "node:assert";
import plugin, { FILE_LINES, FUNCTION_LINES } from "./house.ts";
import { findPart, LAYERS } from "./layers.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, ROOT + path, source).map((finding) => finding.message);
}

Deno.test("house lint refuses an import that points to the right", () => {
  strictEqual(lint("core/decode/sse.ts", 'import { x } from "../redact/rule.ts";').length, 1);
  strictEqual(lint("core/model/ids.ts", 'import type { X } from "../../cli/command.ts";').length, 1);
  strictEqual(lint("core/model/ids.ts", 'export * from "../../ffi/mod.ts";').length, 1);
  strictEqual(lint("ffi/mod.ts", 'const m = await import("../core/decode/sse.ts");').length, 1);
});

Deno.test("house lint accepts an import that points to the left, and any import of a test", () => {
  deepStrictEqual(lint("core/decode/sse.ts", 'import { x } from "../model/ids.ts";'), []);
  deepStrictEqual(lint("core/decode/sse_test.ts", 'import { x } from "../redact/rule.ts";'), []);
});

Deno.test("house lint refuses packages that are not named in deno.json", () => {
  strictEqual(lint("core/export/jsonl.ts", 'import { x } from "npm:left-pad";').length, 1);
  strictEqual(lint("core/export/jsonl.ts", 'import { x } from "jsr:@std/toml";').length, 1);
});

Deno.test("house lint refuses console outside cli", () => {
  strictEqual(lint("core/decode/sse.ts", "console.log(1);").length, 1);
  deepStrictEqual(lint("cli/mod.ts", "console.log(1);"), []);
});

Deno.test("house lint refuses long files and long functions", () => {
  strictEqual(lint("core/model/a.ts", "\n".repeat(FILE_LINES + 1)).length, 1);
  strictEqual(lint("core/model/a.ts", `function f() {${"\n".repeat(FUNCTION_LINES)}}`).length, 1);
  deepStrictEqual(lint("core/model/a.ts", `function f() {${"\n".repeat(FUNCTION_LINES - 1)}}`), []);
});

Deno.test("the layer table lists only parts further left, so that there is no cycle", () => {
  const order = Object.keys(LAYERS);
  for (const [part, allowed] of Object.entries(LAYERS)) {
    for (const target of allowed) {
      strictEqual(order.indexOf(target) < order.indexOf(part), true, `${part} <- ${target}`);
    }
  }
});

Deno.test("every part is recognised by its path", () => {
  strictEqual(findPart("core/decode/body/sse.ts"), "decode");
  strictEqual(findPart("ffi/mod.ts"), "ffi");
  strictEqual(findPart("core/pipeline.ts"), "pipeline");
  strictEqual(findPart("core/pipeline/stages.ts"), "pipeline");
  strictEqual(findPart("main.ts"), "main");
  strictEqual(findPart("scripts/setup.ts"), undefined);
  strictEqual(findPart("tests/e2e/model/x.ts"), undefined);
});
