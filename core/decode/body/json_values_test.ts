import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { jsonValues } from "./json_values.ts";
import { findBodyFormat } from "./registry.ts";

const encoder = new TextEncoder();
const BODY = encoder.encode(`)]}'\n\n35\n[["wrb.fr",null,"[\\"a]\\"]"],["di",1]]\n5\n[["e",4]]\n{"ü":"}"} 7`);

Deno.test("json_values gives one message a value, whatever stands between them", () => {
  for (const seed of [0, 1, 2, 3]) {
    assert.deepEqual(runBody(jsonValues, BODY, seed), [
      '[["wrb.fr",null,"[\\"a]\\"]"],["di",1]]',
      '[["e",4]]',
      '{"ü":"}"}',
    ]);
  }
});

Deno.test("json_values gives no value that was cut, and nothing after a gap", () => {
  assert.deepEqual(runBody(jsonValues, encoder.encode("[1]\n[2"), 0), ["[1]", "<cut>"]);
  const log = new BodyLog();
  const parser = jsonValues.createParser(log, "");
  parser.push(encoder.encode("[1][2"), 1);
  parser.gap(3);
  parser.push(encoder.encode("],[4]"), 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["[1]", "<gap>"]);
});

Deno.test("json_values is recognised by its prefix under any content type", () => {
  for (const type of ["application/json; charset=utf-8", "text/plain", ""]) {
    assert.equal(findBodyFormat(type, BODY.subarray(0, 16)).id, "json_values", type);
  }
  assert.equal(jsonValues.sniff("", encoder.encode("[1] )]}'")), 0);
});
