import assert from "node:assert/strict";
import { PROGRAM_VERSION } from "./version.ts";

Deno.test("PROGRAM_VERSION is the version of deno.json", () => {
  const manifest = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assert.equal(PROGRAM_VERSION, manifest.version);
});
