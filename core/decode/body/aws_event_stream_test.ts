import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { concat } from "../../../tests/support/random.ts";
import { awsEventStream } from "./aws_event_stream.ts";

const encoder = new TextEncoder();

Deno.test("aws event stream gives payloads with their event type and headers", () => {
  const body = concat([frame("contentBlockDelta", '{"delta":"é"}'), frame("messageStop", "{}")]);
  const more = (type: string) => ` [[":event-type","${type}"],["n","-7"],["ok","true"],["raw","00ff"]]`;
  const expected = [
    `contentBlockDelta: {"delta":"é"}${more("contentBlockDelta")}`,
    `messageStop: {}${more("messageStop")}`,
  ];
  for (const seed of [0, 1, 2, 3]) assert.deepEqual(runBody(awsEventStream, body, seed), expected);
});

Deno.test("aws event stream refuses a wrong message checksum and goes on with the next frame", () => {
  const bad = frame("a", "{}");
  bad.set([1], bad.length - 6);
  const lines = runBody(awsEventStream, concat([bad, frame("b", "{}")]), 0);
  assert.equal(lines[0], "<crc>");
  assert.match(lines[1] ?? "", /^b: /);
});

Deno.test("aws event stream looks for the next right prelude after a wrong one and after a gap", () => {
  const bad = frame("a", "{}");
  bad.set([0xff], 9);
  const lines = runBody(awsEventStream, concat([bad, frame("b", "{}")]), 1);
  assert.equal(lines[0], "<crc>");
  assert.match(lines[1] ?? "", /^b: /);
  const log = new BodyLog();
  const parser = awsEventStream.createParser(log, "");
  const whole = frame("a", "{}");
  parser.push(whole.subarray(0, 20), 1);
  parser.gap(5);
  parser.push(concat([whole.subarray(25), frame("c", "{}")]), 1);
  parser.end(true, 1);
  assert.equal(log.lines[0], "<gap>");
  assert.match(log.lines[1] ?? "", /^c: /);
});

Deno.test("aws event stream says when the last frame is cut", () => {
  assert.deepEqual(runBody(awsEventStream, frame("a", "{}").subarray(0, 30), 0), ["<cut>"]);
});

/** Builds a frame with a string, an integer, a boolean and a bytes header. */
Deno.test("aws event stream is known by its first checksum where no content type tells", () => {
  const bytes = frame("chunk", "{}");
  assert.equal(awsEventStream.sniff("", bytes) > 0.9, true);
  assert.equal(awsEventStream.sniff("text/plain", bytes), 0);
  for (
    const other of [bytes.subarray(0, 11), bytes.subarray(1), new Uint8Array(64), encoder.encode('{"a": "bcdefgh"}')]
  ) {
    assert.equal(awsEventStream.sniff("", other), 0);
  }
});

function frame(type: string, payload: string): Uint8Array {
  const headers = concat([
    header(":event-type", 7, concat([Uint8Array.of(0, type.length), encoder.encode(type)])),
    header("n", 4, Uint8Array.of(0xff, 0xff, 0xff, 0xf9)),
    header("ok", 0, new Uint8Array(0)),
    header("raw", 6, Uint8Array.of(0, 2, 0, 0xff)),
  ]);
  const content = encoder.encode(payload);
  const bytes = new Uint8Array(16 + headers.length + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(headers, 12);
  bytes.set(content, 12 + headers.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)));
  return bytes;
}

function header(name: string, type: number, value: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(name.length), encoder.encode(name), Uint8Array.of(type), value]);
}
