import assert from "node:assert/strict";
import zlib from "node:zlib";
import { Random } from "../../../tests/support/random.ts";
import { isEmptyBrotli } from "./coding_end.ts";
import { type CodingName, Inflater } from "./inflate.ts";

const CODERS: readonly (readonly [CodingName, (bytes: Uint8Array) => Uint8Array])[] = [
  ["gzip", (bytes) => zlib.gzipSync(bytes)],
  ["deflate", (bytes) => zlib.deflateSync(bytes)],
  ["deflate", (bytes) => zlib.deflateRawSync(bytes)],
  ["zstd", (bytes) => zlib.zstdCompressSync(bytes)],
  ["br", (bytes) => zlib.brotliCompressSync(bytes)],
];

function read(coding: CodingName, bytes: Uint8Array) {
  const inflater = new Inflater(coding, 0);
  let outBytes = 0;
  inflater.push(bytes, (decoded) => (outBytes += decoded.length) >= 0);
  const isCut = inflater.isCut();
  inflater.close();
  return { isCut, outBytes };
}

Deno.test("a coding that is cut at any byte shows it, and one that is whole does not, 5 codings", () => {
  const random = new Random(11);
  for (const [coding, code] of CODERS) {
    for (const length of [0, 1, 40, 3000]) {
      const whole = code(random.bytes(length));
      assert.equal(read(coding, whole).isCut, false, `${coding} of ${length} bytes, whole`);
      for (let end = 1; end < whole.length; end++) {
        const { isCut, outBytes } = read(coding, whole.subarray(0, end));
        // Of brotli that has given something nothing is known.
        if (coding !== "br" || outBytes === 0) assert.equal(isCut, true, `${coding} of ${length} bytes, cut at ${end}`);
      }
    }
  }
});

Deno.test("brotli streams of nothing are told from those that gave nothing yet", () => {
  for (const bytes of [[0x06], [0x3b], [0x81, 0x01], [0xa1, 0x01], [0x0c, 0x03], [0x0c, 0x06, 0x03]]) {
    assert.equal(isEmptyBrotli(Uint8Array.from(bytes)), true, bytes.join(" "));
  }
  for (const bytes of [[], [0x8b], [0x0c], [0x21, 0x08], [0x1b, 0x13, 0x00]]) {
    assert.equal(isEmptyBrotli(Uint8Array.from(bytes)), false, bytes.join(" "));
  }
});
