import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { anyHeader, eventStreamFrame, textHeader } from "../../../tests/support/event_stream_writer.ts";
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
  return eventStreamFrame([
    textHeader(":event-type", type),
    anyHeader("n", 4, Uint8Array.of(0xff, 0xff, 0xff, 0xf9)),
    anyHeader("ok", 0, new Uint8Array(0)),
    anyHeader("raw", 6, Uint8Array.of(0, 2, 0, 0xff)),
  ], payload);
}
