import { deepStrictEqual, match, strictEqual } from "node:assert";
import { lintDocsOf } from "./docs_lint.ts";

Deno.test("docs lint finds an exported symbol without a docstring, and leaves members alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/bad.ts`, "export function f(): void {}\n");
    await Deno.writeTextFile(`${folder}/good.ts`, "/** Gives x. */\nexport interface X {\n  member: number;\n}\n");
    const found = await lintDocsOf([`${folder}/bad.ts`, `${folder}/good.ts`]);
    strictEqual(found.length, 1);
    match(found[0] ?? "", /bad\.ts:1: exported without a docstring: export function f/);
    deepStrictEqual(await lintDocsOf([`${folder}/good.ts`]), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs lint says so when it cannot read a file", async () => {
  strictEqual((await lintDocsOf(["/nowhere/x.ts"])).length, 1);
});
