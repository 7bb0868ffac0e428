import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { protobuf } from "./protobuf.ts";

const BODY = Uint8Array.of(0x0a, 0x03, 0x61, 0x62, 0x63);

Deno.test("protobuf gives the whole body as one message, however it was cut", () => {
  for (const seed of [0, 1, 2]) {
    const log = new BodyLog();
    const parser = protobuf.createParser(log, "");
    for (const byte of seed === 0 ? [BODY] : [...BODY].map((value) => Uint8Array.of(value))) parser.push(byte, 1);
    parser.end(true, 2);
    assert.deepEqual([...log.messages[0]?.bytes ?? []], [...BODY]);
    assert.equal(parser.heldBytes, 0);
  }
});

Deno.test("protobuf gives nothing of a message that was cut or has a gap", () => {
  assert.deepEqual(runBody(protobuf, BODY, 0, "", false), ["<cut>"]);
  const log = new BodyLog();
  const parser = protobuf.createParser(log, "");
  parser.push(BODY, 1);
  parser.gap(3);
  parser.push(BODY, 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["<gap>"]);
});

Deno.test("protobuf counts a message that is too long to keep", () => {
  const log = new BodyLog();
  const parser = protobuf.createParser(log, "");
  for (let i = 0; i < 5; i++) parser.push(new Uint8Array(1024 * 1024), 1);
  assert.equal(parser.heldBytes, 0);
  parser.end(true, 1);
  assert.deepEqual(log.messages[0]?.headers, new Map([["bytes", "5242880"]]));
  assert.equal(log.messages[0]?.bytes, undefined);
});

Deno.test("protobuf is recognised by its content types", () => {
  const none = new Uint8Array(0);
  for (const type of ["application/proto", "application/x-protobuf", "application/protobuf; x=y"]) {
    assert.equal(protobuf.sniff(type, none), 1, type);
  }
  for (const type of ["application/grpc+proto", "application/protocol", "text/proto"]) {
    assert.equal(protobuf.sniff(type, none), 0, type);
  }
});
