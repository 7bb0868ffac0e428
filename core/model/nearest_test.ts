import assert from "node:assert/strict";
import { findNearest, toEditDistance } from "./nearest.ts";

Deno.test("toEditDistance counts inserts, deletes, replacements and swaps of neighbours", () => {
  assert.equal(toEditDistance("", "abc"), 3);
  assert.equal(toEditDistance("abc", "abc"), 0);
  assert.equal(toEditDistance("recrod", "record"), 1);
  assert.equal(toEditDistance("kitten", "sitting"), 3);
});

Deno.test("findNearest gives the nearest word, or none when nothing is near", () => {
  const known = ["export", "sensor", "capture", "redaction"];
  assert.equal(findNearest("exporters", known), "export");
  assert.equal(findNearest("senser", known), "sensor");
  assert.equal(findNearest("Redaction", known), "redaction");
  assert.equal(findNearest("xyz", known), undefined);
  assert.equal(findNearest("", known), undefined);
  assert.equal(findNearest("x".repeat(10_000), known), undefined);
});
