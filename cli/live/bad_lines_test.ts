import assert from "node:assert/strict";
import type { Io, OutputStream } from "../io.ts";
import { BadLines } from "./bad_lines.ts";
import { EventLines } from "./event_lines.ts";

const encoder = new TextEncoder();

function createProblems(path: string) {
  let text = "";
  const stderr = { hasColor: false, writeSync: (line: string) => text += line } as unknown as OutputStream;
  const lines = new EventLines({});
  const take = () => {
    const said = text.split("\n").filter((line) => /^(oisp:| {2}try)/.test(line));
    text = "";
    return said;
  };
  return { lines, take, problems: new BadLines({ stderr } as unknown as Io, path, lines) };
}

Deno.test("bad lines are told when the first are there, and then at the end only", () => {
  const { lines, take, problems } = createProblems("f");
  problems.tellFirst();
  assert.deepEqual(take(), []);
  lines.push(encoder.encode("x\n"));
  problems.tellFirst();
  assert.deepEqual(take(), ["oisp: Cannot show line 1 of f: it is no event"]);
  lines.push(encoder.encode("y\nz\n"));
  problems.tellFirst();
  assert.deepEqual(take(), []);
  problems.tell();
  assert.deepEqual(take(), ["oisp: Cannot show 3 lines of f: they are no events (lines 1, 2, 3)"]);
  problems.tell();
  assert.deepEqual(take(), []);
});

Deno.test("a file that ends inside a line is told as such, and one of another kind with the command for it", () => {
  const cut = createProblems("f");
  cut.lines.push(encoder.encode('{"event_type":'));
  cut.lines.close();
  cut.problems.tell();
  assert.deepEqual(cut.take(), [
    "oisp: Cannot show the last line of f: it has no end",
    "  try   with --follow its end is waited for",
  ]);
  const other = createProblems("-");
  other.lines.push(encoder.encode('{"method":"POST","url":"https://x"}\n'));
  other.problems.tell();
  assert.deepEqual(other.take(), [
    "oisp: Cannot show line 1 of standard input: it is no event",
    "  try   oisp decode --from exchanges -",
  ]);
});
