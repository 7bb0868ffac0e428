import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { findBodyFormat } from "./registry.ts";
import { text } from "./text.ts";

const encoder = new TextEncoder();

Deno.test("plain text is one message, however it was cut", () => {
  for (const seed of [0, 1, 2, 3]) {
    assert.deepEqual(runBody(text, encoder.encode("\uFEFFField »n« is missing\n"), seed), ["Field »n« is missing"]);
  }
});

Deno.test("of a text that was cut, is too long or is none, nothing is told", () => {
  assert.deepEqual(runBody(text, encoder.encode("All is no"), 1, "", false), []);
  assert.deepEqual(runBody(text, Uint8Array.of(0x41, 0, 1, 2), 1), []);
  assert.deepEqual(runBody(text, Uint8Array.of(0x41, 0xff), 1), []);
  assert.deepEqual(runBody(text, encoder.encode(" \n"), 1), []);
  const log = new BodyLog();
  const parser = text.createParser(log, "text/plain");
  for (let i = 0; i < 3; i++) parser.push(new Uint8Array(512 * 1024).fill(0x61), 1);
  assert.equal(parser.heldBytes, 0);
  parser.end(true, 1);
  assert.deepEqual(log.lines, []);
});

Deno.test("a text with a gap says so and nothing else", () => {
  const log = new BodyLog();
  const parser = text.createParser(log, "text/plain");
  parser.push(encoder.encode("All is "), 1);
  parser.gap(4);
  parser.push(encoder.encode("well"), 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["<gap>"]);
});

Deno.test("only what nothing else claims is plain text", () => {
  const find = (type: string, body: string) => findBodyFormat(type, encoder.encode(body)).id;
  assert.equal(find("text/plain; charset=utf-8", "Not found"), "text");
  assert.equal(find("text/plain", '{"a":1}'), "json");
  assert.equal(find("text/plain", 'data: {"a":1}\n\n'), "sse");
  assert.equal(find("text/html", "Not found"), "binary");
});
