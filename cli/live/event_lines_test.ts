import assert from "node:assert/strict";
import { parseFilter } from "../../core/filter/filter.ts";
import { Random } from "../../tests/support/random.ts";
import { EventLines, type EventSelection } from "./event_lines.ts";

const encoder = new TextEncoder();

function event(id: number, more: Record<string, unknown> = {}): string {
  const timestamp = `2026-11-21T10:00:0${id % 10}.000000Z`;
  return JSON.stringify({ event_type: id % 2 === 0 ? "ai.request" : "ai.response", timestamp, id, data: {}, ...more });
}

function ids(lines: readonly string[]): unknown[] {
  return lines.map((line) => JSON.parse(line).id);
}

function read(text: string | Uint8Array, selection: EventSelection = {}, piece = Infinity) {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  const lines = new EventLines(selection);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += piece) found.push(...lines.push(bytes.slice(at, at + piece)));
  found.push(...lines.close());
  return { ids: ids(found), badCount: lines.badCount, badLines: lines.badLines };
}

Deno.test("event lines are given whole, however the bytes are cut; a last line needs no end", () => {
  const text = [event(1, { name: "é😀" }), "", "  " + event(2) + "\r", event(3)].join("\n");
  for (const piece of [1, 2, 3, 7, 64, Infinity]) {
    assert.deepEqual(read(text, {}, piece), { ids: [1, 2, 3], badCount: 0, badLines: [] }, String(piece));
  }
});

Deno.test("a line that has not ended is not given before its end", () => {
  const lines = new EventLines({});
  const line = encoder.encode(event(1) + "\n");
  assert.deepEqual(lines.push(line.slice(0, 20)), []);
  assert.deepEqual(lines.push(line.slice(20, -1)), []);
  assert.deepEqual(ids(lines.push(line.slice(-1))), [1]);
  assert.deepEqual(lines.close(), []);
});

Deno.test("what is no event is counted and left out, all others are given", () => {
  const text = [event(1), "hello", '{"a":1}', event(2), event(3).slice(0, 30), "[1]", event(4), '{"event_type":5}']
    .join(
      "\n",
    );
  for (const piece of [1, 5, Infinity]) {
    assert.deepEqual(read(text, {}, piece), { ids: [1, 2, 4], badCount: 5, badLines: [2, 3, 5, 6, 8] }, String(piece));
  }
});

Deno.test("bytes of anything give no event, and a line without an end is not kept", () => {
  const random = new Random(7);
  const garbage = random.bytes(300_000);
  const result = read(garbage, {}, 4096);
  assert.deepEqual(result.ids, []);
  assert.equal(result.badLines.length, 5);
  const lines = new EventLines({});
  const block = new Uint8Array(1024 * 1024).fill(120);
  for (let i = 0; i < 200; i++) lines.push(block);
  lines.push(encoder.encode("\n" + event(1) + "\n"));
  assert.equal(lines.badCount, 1);
});

Deno.test("a line of more than 64 MiB is dropped as it comes; the next one is read", () => {
  const lines = new EventLines({});
  lines.push(encoder.encode('{"x":"'));
  const block = new Uint8Array(8 * 1024 * 1024).fill(120);
  for (let i = 0; i < 10; i++) lines.push(block);
  assert.equal(lines.badCount, 1);
  assert.deepEqual(ids(lines.push(encoder.encode('"}\n' + event(1) + "\n"))), [1]);
  assert.equal(lines.badCount, 1);
});

Deno.test("filter and time select; a time that is none is counted where times matter", () => {
  const parsed = parseFilter("type:ai.response", "--filter");
  assert.ok("filter" in parsed);
  const text = [event(1), event(2), event(3), event(5, { timestamp: "later" })].join("\n");
  assert.deepEqual(read(text, { filter: parsed.filter }).ids, [1, 3, 5]);
  const sinceUs = Date.UTC(2026, 10, 21, 10, 0, 2) * 1000;
  assert.deepEqual(read(text, { filter: parsed.filter, sinceUs }), { ids: [3], badCount: 1, badLines: [4] });
});

Deno.test("a byte order mark at the beginning is no damage", () => {
  assert.deepEqual(read("\ufeff" + event(1) + "\n").ids, [1]);
});

Deno.test("the beginning is kept for advice, and only the beginning", () => {
  const lines = new EventLines({});
  lines.push(encoder.encode("\u001f\u008bxyz"));
  lines.push(new Uint8Array(100_000));
  assert.equal(lines.head.length, 6);
});
