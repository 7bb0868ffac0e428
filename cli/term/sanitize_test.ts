import assert from "node:assert/strict";
import { sanitize } from "./sanitize.ts";

Deno.test("sanitize shows control, bidirectional and invisible characters instead of sending them", () => {
  assert.equal(sanitize("a\x1b[2Jb"), "a\\x1b[2Jb");
  assert.equal(sanitize("x\u202egnp.exe"), "x\\u{202e}gnp.exe");
  assert.equal(sanitize("a\u200bb\ufeffc\u2066d\x9b31m\x7f"), "a\\u{200b}b\\u{feff}c\\u{2066}d\\x9b31m\\x7f");
  assert.equal(sanitize("one\ntwo\tthree\r"), "one\\ntwo\\tthree\\r");
  assert.equal(sanitize("\ud800x"), "\\u{d800}x");
});

Deno.test("sanitize leaves every readable text as it is", () => {
  for (const text of ["plain", "Grüße, 世界", "👍 ok", "a\\b", "é"]) assert.equal(sanitize(text), text);
});

Deno.test("no byte that a terminal acts on is left in any text (every code unit)", () => {
  let text = "";
  for (let code = 0; code < 0x10000; code++) text += String.fromCharCode(code) + "x";
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(sanitize(text), /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/);
});
