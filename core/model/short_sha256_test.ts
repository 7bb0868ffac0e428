import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { MAX_SHORT_TEXT_LENGTH, shortSha256 } from "./short_sha256.ts";

function toHex(words: Uint32Array): string {
  return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}

Deno.test("shortSha256 agrees with the runtime's own SHA-256 for every length it takes", () => {
  for (let length = 0; length <= MAX_SHORT_TEXT_LENGTH; length++) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(10 + ((i * 7 + length) % 117))).join("");
    assert.equal(toHex(shortSha256(text)), createHash("sha256").update(text).digest("hex"), `length ${length}`);
  }
});

Deno.test("shortSha256 hashes the UTF-8 bytes of other characters", () => {
  for (const text of ["é", "a😀b", "ключ\n1", "\ud800"]) {
    assert.equal(toHex(shortSha256(text)), createHash("sha256").update(text).digest("hex"), text);
  }
});

Deno.test("shortSha256 refuses longer texts", () => {
  assert.throws(() => shortSha256("x".repeat(MAX_SHORT_TEXT_LENGTH + 1)), RangeError);
  assert.throws(() => shortSha256("é".repeat(MAX_SHORT_TEXT_LENGTH)), RangeError);
});
