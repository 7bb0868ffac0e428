import assert from "node:assert/strict";
import { FINDING_CODES } from "./finding_codes.ts";

const ROOT = new URL("../", import.meta.url);
const CODE = /\bOISP-[A-Z]+-\d{3}\b/g;

function* listSources(folder: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    const child = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory && entry.name !== "target") yield* listSources(child);
    const isSource = /\.(ts|rs)$/.test(entry.name) && !/_test\.ts$|tests?\.rs$/.test(entry.name);
    if (entry.isFile && isSource) yield child;
  }
}

function findCodes(): Set<string> {
  const codes = new Set<string>();
  for (const folder of ["core/", "ffi/", "cli/", "bpf-rs/crates/"]) {
    for (const file of listSources(new URL(folder, ROOT))) {
      if (file.pathname.endsWith("/finding_codes.ts")) continue;
      for (const [code] of Deno.readTextFileSync(file).matchAll(CODE)) codes.add(code);
    }
  }
  return codes;
}

Deno.test("every code in the source is explained, and every explained code is in the source", () => {
  assert.deepEqual([...findCodes()].sort(), Object.keys(FINDING_CODES).sort());
});
