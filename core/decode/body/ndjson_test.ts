import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { ndjson } from "./ndjson.ts";

const encoder = new TextEncoder();

Deno.test("ndjson gives one message a line, with LF or CRLF, empty lines left out", () => {
  const body = encoder.encode('{"a":"ü"}\n\r\n{"b":2}\r\n{"c":3}');
  for (const seed of [0, 1, 2, 3]) assert.deepEqual(runBody(ndjson, body, seed), ['{"a":"ü"}', '{"b":2}', '{"c":3}']);
  assert.deepEqual(runBody(ndjson, body, 0, "", false), ['{"a":"ü"}', '{"b":2}']);
});

Deno.test("ndjson goes on with the line after a gap", () => {
  const log = new BodyLog();
  const parser = ndjson.createParser(log, "");
  parser.push(encoder.encode('{"a":1}\n{"b'), 1);
  parser.gap(4);
  parser.push(encoder.encode('":2}\n{"c":3}\n'), 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ['{"a":1}', "<gap>", '{"c":3}']);
});

Deno.test("ndjson is recognised by its content types", () => {
  const none = new Uint8Array(0);
  for (const type of ["application/x-ndjson", "application/jsonl; charset=utf-8", "application/stream+json"]) {
    assert.equal(ndjson.sniff(type, none), 1, type);
  }
  assert.equal(ndjson.sniff("application/json", none), 0);
});
