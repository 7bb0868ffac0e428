import assert from "node:assert/strict";
import zlib from "node:zlib";
import { BodyLog } from "../../../tests/support/body_log.ts";
import { concat, cut } from "../../../tests/support/random.ts";
import { createBodyDecoder } from "./body_decoder.ts";

const encoder = new TextEncoder();
const LIMITS = { maxDecodedBytes: 64 * 1024 * 1024 };
const JSON_TEXT = JSON.stringify({ text: "naïve 😀 ".repeat(500), list: [1, 2, 3] });

const CODERS: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "gzip": (bytes) => zlib.gzipSync(bytes),
  "x-gzip": (bytes) => zlib.gzipSync(bytes),
  "deflate": (bytes) => zlib.deflateSync(bytes),
  "br": (bytes) => zlib.brotliCompressSync(bytes),
  "zstd": (bytes) => zlib.zstdCompressSync(bytes),
};

function decode(headers: Record<string, string>, body: Uint8Array, seed = 0, limits = LIMITS): string[] {
  const log = new BodyLog();
  const decoder = createBodyDecoder(new Map(Object.entries(headers)), log, limits);
  for (const piece of cut(body, seed)) decoder.data(piece, 1);
  decoder.end("complete", 2);
  return log.lines;
}

for (const [coding, encode] of Object.entries(CODERS)) {
  Deno.test(`body decoder undoes ${coding}, however it was cut`, () => {
    const body = encode(encoder.encode(JSON_TEXT));
    for (const seed of [0, 1, 2, 3]) {
      const lines = decode({ "content-type": "application/json", "content-encoding": coding }, body, seed);
      assert.deepEqual(lines, [JSON_TEXT, "end complete json"], `seed ${seed}`);
    }
  });
}

for (const coding of Object.keys(CODERS)) {
  Deno.test(`body decoder reads a body that is text although its header says ${coding}`, () => {
    const headers = { "content-type": "application/json", "content-encoding": coding };
    const text = '{"model":"gpt-4o","text":"naïve"}';
    assert.deepEqual(decode(headers, encoder.encode(text)), [text, "end complete json"]);
    if (coding.endsWith("gzip")) assert.equal(decode(headers, encoder.encode(text), 1)[0], text);
  });
}

Deno.test("body decoder undoes deflate without its zlib wrapper", () => {
  const body = zlib.deflateRawSync(encoder.encode(JSON_TEXT));
  for (const seed of [0, 1, 2]) {
    assert.equal(decode({ "content-encoding": "deflate" }, body, seed)[0], JSON_TEXT);
  }
});

Deno.test("body decoder undoes chains from the last coding to the first, and gzip of several members", () => {
  const twice = zlib.brotliCompressSync(zlib.gzipSync(encoder.encode(JSON_TEXT)));
  assert.equal(decode({ "content-encoding": "gzip, br" }, twice, 2)[0], JSON_TEXT);
  const half = JSON_TEXT.length >> 1;
  const members = concat(
    [JSON_TEXT.slice(0, half), JSON_TEXT.slice(half)].map((text) => zlib.gzipSync(encoder.encode(text))),
  );
  assert.equal(decode({ "content-encoding": "gzip" }, members, 3)[0], JSON_TEXT);
});

Deno.test("body decoder reads over frames of zstd that give nothing, however they were cut", () => {
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7);
  const frames = ["", JSON_TEXT.slice(0, 40), "", JSON_TEXT.slice(40)].map((text) =>
    zlib.zstdCompressSync(encoder.encode(text))
  );
  const body = concat([skippable, ...frames, skippable]);
  for (const seed of [0, 1, 2, 3]) assert.equal(decode({ "content-encoding": "zstd" }, body, seed)[0], JSON_TEXT);
});

for (const coding of ["gzip", "br", "zstd"]) {
  Deno.test(`body decoder gives each event of a live ${coding} stream when its bytes arrive`, async () => {
    const stream = coding === "gzip"
      ? zlib.createGzip()
      : coding === "br"
      ? zlib.createBrotliCompress()
      : zlib.createZstdCompress();
    const log = new BodyLog();
    const decoder = createBodyDecoder(
      new Map([["content-type", "text/event-stream"], ["content-encoding", coding]]),
      log,
      LIMITS,
    );
    const events = ["a😀", "b", "c".repeat(300)];
    for (const [index, event] of events.entries()) {
      stream.write(`data: ${event}\n\n`);
      await new Promise<void>((resolve) => stream.flush(() => resolve()));
      for (let turn = 0; turn < 10; turn++) {
        // The sending stream hands out what it flushed over several turns of the event loop.
        const bytes: unknown = stream.read();
        if (bytes instanceof Uint8Array) decoder.data(bytes, 10 * (index + 1));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    assert.deepEqual(log.messages.map((message) => message.text), events);
    assert.deepEqual(log.timesNs, [10, 20, 30]);
    stream.destroy();
    decoder.end("aborted", 40);
  });

  Deno.test(`body decoder stops a ${coding} bomb at the ratio and says so`, () => {
    const zeros = new Uint8Array(32 * 1024 * 1024);
    const encode = CODERS[coding];
    assert.ok(encode);
    // gzip alone reaches 1:1032; nested it is beyond any limit.
    const body = encode(encode(zeros));
    const lines = decode({ "content-type": "application/json", "content-encoding": `${coding}, ${coding}` }, body);
    assert.deepEqual(lines, ["<gap>", "<bomb>", "end truncated json"]);
  });
}

Deno.test("body decoder stops at the size limit", () => {
  const body = encoder.encode(JSON.stringify("x".repeat(5000)));
  const lines = decode({ "content-type": "application/json" }, body, 2, { maxDecodedBytes: 1000 });
  assert.deepEqual(lines, ["<gap>", "<limit>", "end truncated json"]);
  const coded = decode({ "content-encoding": "gzip" }, zlib.gzipSync(body), 0, { maxDecodedBytes: 1000 });
  assert.deepEqual(coded.at(-2), "<bomb>");
});

Deno.test("body decoder says when a coding is unknown, too long a chain, or damaged", () => {
  for (const coding of ["compress", "gzip, br, gzip, br"]) {
    assert.ok(decode({ "content-encoding": coding }, encoder.encode("{}")).includes("<encoding>"), coding);
  }
  for (const [coding, encode] of Object.entries(CODERS)) {
    const body = encode(encoder.encode(JSON_TEXT));
    body.set([0xff, 0xff, 0xff, 0xff], 0);
    const lines = decode({ "content-type": "application/json", "content-encoding": coding }, body);
    assert.deepEqual(lines, ["<gap>", "<encoding>", "end truncated json"], coding);
  }
});

Deno.test("body decoder tells a gap in a coded body once and decodes nothing after it", () => {
  const log = new BodyLog();
  const body = zlib.gzipSync(encoder.encode("data: 1\n\ndata: 2\n\n"));
  const decoder = createBodyDecoder(
    new Map([["content-type", "text/event-stream"], ["content-encoding", "gzip"]]),
    log,
    LIMITS,
  );
  decoder.data(body.subarray(0, 12), 1);
  decoder.gap(5, "ring_full");
  decoder.data(body.subarray(17), 1);
  decoder.end("gap", 1);
  assert.deepEqual(log.lines, ["<gap>", "end gap sse"]);
});

Deno.test("body decoder finds the format by first bytes, however they are cut", () => {
  for (const seed of [0, 1, 2]) {
    assert.deepEqual(decode({}, encoder.encode("data: hello world\n\n"), seed), ["hello world", "end complete sse"]);
    assert.deepEqual(decode({}, encoder.encode('\n {"a":1}'), seed), ['\n {"a":1}', "end complete json"]);
    assert.deepEqual(decode({ "content-type": "image/png" }, Uint8Array.of(1, 2, 3), seed), ["end complete binary"]);
  }
  assert.deepEqual(decode({ "content-type": "application/json" }, new Uint8Array(0)), ["end complete undefined"]);
});

Deno.test("body decoder reads a document whose head announces a stream of events", () => {
  const headers = { "content-type": "text/event-stream; charset=utf-8" };
  const text = '{"error":{"message":"no"}}';
  for (const seed of [0, 1, 2]) {
    assert.deepEqual(decode(headers, encoder.encode(text), seed), [text, "end complete json"], `seed ${seed}`);
  }
  assert.deepEqual(decode(headers, encoder.encode(`\r\n${text}`)), [`\r\n${text}`, "end complete json"]);
  assert.equal(decode(headers, encoder.encode('data: {"a":1}\n\n')).at(-1), "end complete sse");
  const coded = decode({ ...headers, "content-encoding": "gzip" }, zlib.gzipSync(encoder.encode(text)));
  assert.deepEqual(coded, [text, "end complete json"]);
});
