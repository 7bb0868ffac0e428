import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { json } from "./json.ts";

const encoder = new TextEncoder();

Deno.test("a document without its last bracket was cut, even when its body ended well", () => {
  assert.deepEqual(runBody(json, encoder.encode('{"a":1,"b":{'), 1), ['{"a":1}', "<cut>"]);
  assert.deepEqual(runBody(json, encoder.encode('[{"a":1}] \n'), 1), ['[{"a":1}] \n']);
  assert.deepEqual(runBody(json, encoder.encode('"text"'), 1), ['"text"']);
});

Deno.test("several documents on lines of their own are several messages, and a cut one is none", () => {
  const body = '{"a":1}\r\n{"b":"}\\n{"}\n\n{"c":';
  const log = new BodyLog();
  const parser = json.createParser(log, "application/json");
  parser.push(new TextEncoder().encode(body), 1);
  parser.end(false, 2);
  assert.deepEqual(log.lines, ['{"a":1}', '{"b":"}\\n{"}', "<cut>"]);
});

Deno.test("json gives the whole text once, however it was cut", () => {
  const text = '{"a":"naïve 😀 ключ","b":[1,2]}';
  for (const seed of [0, 1, 2, 3, 4]) assert.deepEqual(runBody(json, encoder.encode(text), seed), [text]);
});

Deno.test("json strips a byte order mark", () => {
  assert.deepEqual(runBody(json, encoder.encode('\uFEFF{"a":1}'), 1), ['{"a":1}']);
});

Deno.test("json gives nothing of a cut document or one with a gap, and says why", () => {
  assert.deepEqual(runBody(json, encoder.encode('{"a":'), 0, "", false), ["<cut>"]);
  const log = new BodyLog();
  const parser = json.createParser(log, "");
  parser.push(encoder.encode("{"), 1);
  parser.gap(5);
  parser.push(encoder.encode("}"), 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["<gap>"]);
  assert.equal(parser.heldBytes, 0);
});

Deno.test("json shows bytes that are no UTF-8 as replacement characters", () => {
  assert.deepEqual(runBody(json, Uint8Array.of(0x22, 0xff, 0xe2, 0x82, 0x22, 0xe2, 0x82), 1), ['"\uFFFD\uFFFD"\uFFFD']);
});

Deno.test("json takes a string of 50 MB and a document 10,000 levels deep as text", () => {
  const piece = new Uint8Array(1024 * 1024).fill(0x61);
  const log = new BodyLog();
  const parser = json.createParser(log, "application/json");
  for (let i = 0; i < 50; i++) parser.push(piece, 1);
  parser.end(true, 1);
  assert.equal(log.messages[0]?.text.length, 50 * 1024 * 1024);
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  assert.deepEqual(runBody(json, encoder.encode(deep), 0), [deep]);
});

Deno.test("json is recognised by content type or first byte", () => {
  const none = new Uint8Array(0);
  for (const type of ["application/json", "application/json; charset=utf-8", "application/problem+json"]) {
    assert.ok(json.sniff(type, none) > 0.8, type);
  }
  for (const type of ["application/x-ndjson", "text/event-stream", "application/jsonl"]) {
    assert.equal(json.sniff(type, none), 0, type);
  }
  assert.equal(json.sniff("text/plain", encoder.encode(" \n{")), 0.5);
});
