import assert from "node:assert/strict";
import { runBody } from "../../../tests/support/body_log.ts";
import { MESSAGE_STREAM_TYPE, messageStream } from "./message_stream.ts";

Deno.test("message stream splits at the record separator, whatever line ends its messages have", () => {
  const body = new TextEncoder().encode('{\n "a": 1\n}\x1e{"b":2}\x1e');
  for (const seed of [0, 1, 2]) assert.deepEqual(runBody(messageStream, body, seed), ['{\n "a": 1\n}', '{"b":2}']);
});

Deno.test("message stream is claimed by its own content type", () => {
  assert.equal(messageStream.sniff(MESSAGE_STREAM_TYPE, new Uint8Array(0)), 1);
  assert.equal(messageStream.sniff("application/json", new Uint8Array(0)), 0);
});
