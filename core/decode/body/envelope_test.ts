import assert from "node:assert/strict";
import zlib from "node:zlib";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { concat } from "../../../tests/support/random.ts";
import { envelope } from "./envelope.ts";

const encoder = new TextEncoder();

Deno.test("envelope gives JSON messages, the end of a Connect stream, and no binary content", () => {
  const body = concat([message(0, '{"a":1}'), message(0, "\x0a\x03abc"), message(2, "{}")]);
  for (const seed of [0, 1, 2]) {
    assert.deepEqual(runBody(envelope, body, seed, "application/connect+json"), [
      '{"a":1}',
      'binary:  [["bytes","5"]]',
      "end_stream: {}",
    ]);
  }
});

Deno.test("envelope undoes compression of single messages", () => {
  const packed = zlib.gzipSync(encoder.encode('{"a":1}'));
  const body = concat([prefix(1, packed.length), packed, message(0x80, "grpc-status: 0\r\n")]);
  assert.deepEqual(runBody(envelope, body, 1, "application/grpc-web+json;message-encoding=gzip"), [
    '{"a":1}',
    "trailers: grpc-status: 0\r\n",
  ]);
  assert.deepEqual(runBody(envelope, body.subarray(0, 5 + packed.length), 0, "application/grpc"), ["<encoding>"]);
});

Deno.test("envelope stops at a gap and at a prefix that cannot be", () => {
  const log = new BodyLog();
  const parser = envelope.createParser(log, "");
  parser.push(message(0, "{}"), 1);
  parser.gap(1);
  parser.push(message(0, "{}"), 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["{}", "<gap>"]);
  assert.deepEqual(runBody(envelope, encoder.encode("<html>....."), 0), ["<framing>"]);
  assert.deepEqual(runBody(envelope, prefix(0, 9), 0), ["<cut>"]);
});

Deno.test("envelope is recognised by its content types", () => {
  const none = new Uint8Array(0);
  for (
    const type of ["application/connect+proto", "application/grpc", "application/grpc-web+json", "application/grpc; v"]
  ) {
    assert.equal(envelope.sniff(type, none), 1, type);
  }
  for (const type of ["application/proto", "application/grpcish"]) assert.equal(envelope.sniff(type, none), 0, type);
});

function prefix(flags: number, length: number): Uint8Array {
  return Uint8Array.of(flags, length >> 24, length >> 16, length >> 8, length);
}

function message(flags: number, text: string): Uint8Array {
  const payload = encoder.encode(text);
  return concat([prefix(flags, payload.length), payload]);
}
