import assert from "node:assert/strict";
import type { BodyMessage } from "./body_format.ts";
import { formUrlencoded } from "./form_urlencoded.ts";

function read(body: string, pieces = 1): [string | undefined, string][] {
  const fields: [string | undefined, string][] = [];
  const parser = formUrlencoded.createParser({
    message: ({ name, text }: BodyMessage) => fields.push([name, text]),
    problem: (reason) => fields.push([undefined, `<${reason}>`]),
  }, "");
  const bytes = new TextEncoder().encode(body);
  const size = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.slice(at, at + size), 1);
  parser.end(true, 1);
  return fields;
}

Deno.test("form_urlencoded gives one message a field with its name, however the bytes are cut", () => {
  const body = "f.req=%5Bnull%2C%22%C3%BC+x%22%5D&at=a%3Ab&flag&empty=";
  const fields = [["f.req", '[null,"ü x"]'], ["at", "a:b"], ["flag", ""], ["empty", ""]];
  for (const pieces of [1, 2, 7, 50]) assert.deepEqual(read(body, pieces), fields);
});

Deno.test("form_urlencoded reports a field that is no UTF-8 and goes on", () => {
  assert.deepEqual(read("a=%ff&b=%4&c=1"), [[undefined, "<encoding>"], [undefined, "<encoding>"], ["c", "1"]]);
});
