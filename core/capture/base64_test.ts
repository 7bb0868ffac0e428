import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Random } from "../../tests/support/random.ts";
import { decodeBase64, decodeBase64Bytes } from "./base64.ts";

/** Both decoders on one text: what each gives, as bytes or as a refusal. */
function decodeBoth(text: string): [Uint8Array | "refused", Uint8Array | "refused"] {
  const source = Buffer.from(`<${text}>`, "latin1");
  const [native, own] = [Buffer.alloc(2048), Buffer.alloc(2048)];
  const nativeCount = decodeBase64(text, native);
  const ownCount = decodeBase64Bytes(source, 1, source.length - 1, own);
  const shown = (count: number, bytes: Uint8Array) => count < 0 ? "refused" : Uint8Array.from(bytes.subarray(0, count));
  return [shown(nativeCount, native), shown(ownCount, own)];
}

Deno.test("base64 from bytes gives what the native decoder gives, for every length and padding", () => {
  const random = new Random(64);
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, () => random.below(256));
    const text = Buffer.from(bytes).toString("base64");
    for (const form of [text, text.replace(/=+$/, ""), text.replaceAll("+", "-").replaceAll("/", "_")]) {
      const [native, own] = decodeBoth(form);
      assert.deepEqual(own, bytes);
      assert.deepEqual(native, bytes);
    }
  }
});

Deno.test("base64 from bytes refuses what the native decoder refuses", () => {
  const random = new Random(65);
  for (let round = 0; round < 3000; round++) {
    const text = Buffer.from(Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256))).toString(
      "base64",
    );
    const at = random.below(text.length);
    const damaged = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    const [native, own] = decodeBoth(damaged);
    assert.deepEqual(own, native, JSON.stringify(damaged));
  }
  for (const text of ["A", "AAAAA", "=", "==", "A=", "AA AA"]) {
    assert.deepEqual(decodeBoth(text)[1], decodeBoth(text)[0]);
  }
});
