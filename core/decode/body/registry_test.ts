import assert from "node:assert/strict";
import { BODY_FUZZ, codingFuzz } from "../../../tests/fuzz/bodies.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { BODY_FORMATS, findBodyFormat } from "./registry.ts";

for (const target of [...BODY_FUZZ, codingFuzz]) {
  Deno.test(`${target.name} survives damaged input and gives the same however it is cut`, () =>
    runFuzz(target, TEST_INPUTS));
}

Deno.test("body formats have unique ids and a specification", () => {
  const ids = BODY_FORMATS.map((format) => format.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, specUrl } of BODY_FORMATS) assert.match(specUrl, /^https:/, id);
});

Deno.test("body format of an unknown type is binary", () => {
  assert.equal(findBodyFormat("audio/mpeg", Uint8Array.of(1, 2)).id, "binary");
  assert.equal(findBodyFormat("text/html", new TextEncoder().encode("<html>")).id, "binary");
});
