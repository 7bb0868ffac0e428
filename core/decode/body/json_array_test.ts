import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { jsonArray } from "./json_array.ts";

const encoder = new TextEncoder();

Deno.test("json array gives one message an element, brackets and commas in strings notwithstanding", () => {
  const body = encoder.encode('[{"a":"]},[\\"","b":[1,{"c":2}]}\n,\r\n{"d":"é\\\\"} , 3, "x,y",[ ]]\n');
  const expected = ['{"a":"]},[\\"","b":[1,{"c":2}]}', '{"d":"é\\\\"}', "3", '"x,y"', "[ ]"];
  for (const seed of [0, 1, 2, 3, 4]) assert.deepEqual(runBody(jsonArray, body, seed), expected);
});

Deno.test("json array gives the whole elements of a cut body, each when it is complete", () => {
  const log = new BodyLog();
  const parser = jsonArray.createParser(log, "");
  parser.push(encoder.encode('[{"a":1}'), 1);
  parser.push(encoder.encode(',{"b":2},{"c"'), 2);
  parser.end(false, 3);
  assert.deepEqual(log.lines, ['{"a":1}', '{"b":2}']);
  assert.deepEqual(log.timesNs, [2, 2]);
});

Deno.test("json array ends at a gap, and says when the array is not closed", () => {
  const log = new BodyLog();
  const parser = jsonArray.createParser(log, "");
  parser.push(encoder.encode("[1,2"), 1);
  parser.gap(3);
  parser.push(encoder.encode(",4]"), 1);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["1", "<gap>"]);
  assert.deepEqual(runBody(jsonArray, encoder.encode("[1,2"), 0), ["1", "<cut>"]);
  assert.deepEqual(runBody(jsonArray, encoder.encode("[]"), 0), []);
});

Deno.test("json array survives 10,000 levels", () => {
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  assert.deepEqual(runBody(jsonArray, encoder.encode(deep), 0), [deep.slice(1, -1)]);
});

Deno.test("json array is recognised by JSON that begins with a bracket", () => {
  assert.ok(jsonArray.sniff("application/json", encoder.encode("\n[")) > 0.9);
  assert.equal(jsonArray.sniff("application/json", encoder.encode("{")), 0);
  assert.equal(jsonArray.sniff("text/html", encoder.encode("[")), 0);
});
