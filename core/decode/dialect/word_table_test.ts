import assert from "node:assert/strict";
import { toWordTable } from "./word_table.ts";

Deno.test("a table of words has its own words only", () => {
  const table = toWordTable({ stop: 1 });
  assert.equal(table["stop"], 1);
  for (const word of ["constructor", "__proto__", "toString", ""]) assert.equal(table[word], undefined);
});
