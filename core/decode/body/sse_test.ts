import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { sse } from "./sse.ts";

const encoder = new TextEncoder();
const SEEDS = [0, 1, 2, 3, 4, 5];

function expectEvents(text: string, expected: string[], isComplete = true): void {
  for (const seed of SEEDS) {
    assert.deepEqual(runBody(sse, encoder.encode(text), seed, "", isComplete), expected, `seed ${seed}`);
  }
}

Deno.test("sse gives name and data of each event", () => {
  expectEvents("event: a\ndata: 1\n\ndata: 2\n\n", ["a: 1", "2"]);
});

Deno.test("sse takes LF, CRLF and CR as line ends, mixed too", () => {
  expectEvents("data: 1\n\ndata: 2\r\n\r\ndata: 3\r\rdata: 4\r\n\ndata: 5\n\r\ndata: 6\r\n\rdata: 7\n\n", [
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
  ]);
});

Deno.test("sse joins data lines, and keeps all but one leading space", () => {
  expectEvents("data:a\ndata:  b\ndata\ndata: \n\n", ["a\n b\n\n"]);
});

Deno.test("sse ignores comments, unknown fields, ids, retry and events without data", () => {
  expectEvents(": ping\n\nid: 7\nretry: 10\n\nevent: none\n\ndatax: 1\nfoo\ndata: 1\n: c\n\n", ["1"]);
});

Deno.test("sse strips one byte order mark at the beginning and none later", () => {
  expectEvents("\uFEFFdata: 1\n\n\uFEFFdata: 2\n\n", ["1"]);
  expectEvents("\r\n\n\uFEFFdata: 2\n\n", []);
});

Deno.test("sse decodes characters that are cut by pieces", () => {
  expectEvents("data: naïve 😀 “x”\n\n", ["naïve 😀 “x”"]);
});

Deno.test("sse gives the last event of a complete body without its empty line, and none of a cut one", () => {
  expectEvents("data: 1\n\ndata: [DONE]\n", ["1", "[DONE]"]);
  expectEvents("data: 1\n\ndata: [DO", ["1"], false);
});

Deno.test("sse goes on after a gap with the next event that provably begins", () => {
  const log = new BodyLog();
  const parser = sse.createParser(log, "");
  const push = (text: string) => parser.push(encoder.encode(text), 1);
  push("data: 1\n\ndata: {");
  parser.gap(10);
  push('"x":1}\n\ndata: 3\n\n');
  parser.gap(10);
  push("data: 5\n\n");
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["1", "<gap>", "3", "<gap>", "5"]);
});

Deno.test("sse gives an event with the time of the byte that completed it", () => {
  const log = new BodyLog();
  const parser = sse.createParser(log, "");
  parser.push(encoder.encode("data: 1\n"), 10);
  parser.push(encoder.encode("\ndata: 2\n\n"), 20);
  assert.deepEqual(log.timesNs, [20, 20]);
});

Deno.test("sse reads a million tiny events in bounded memory", () => {
  let count = 0;
  const parser = sse.createParser({ message: () => count++, problem() {} }, "");
  const piece = encoder.encode("data: x\n\n".repeat(1000));
  for (let i = 0; i < 1000; i++) parser.push(piece, 1);
  assert.equal(count, 1_000_000);
  assert.equal(parser.heldBytes, 0);
});

Deno.test("sse is recognised by content type, and by its first line without one", () => {
  assert.equal(sse.sniff("text/event-stream; charset=utf-8", new Uint8Array(0)), 1);
  assert.ok(sse.sniff("", encoder.encode("data: {}\n")) > 0.5);
  assert.equal(sse.sniff("application/json", encoder.encode("{}")), 0);
  for (const text of ["event: a\n", ": ping\n", "id: 1\n", "\uFEFFdata:{}\n"]) {
    assert.ok(sse.sniff("application/json", encoder.encode(text)) > 0.9, text);
  }
  assert.equal(sse.sniff("", encoder.encode("database")), 0);
});

Deno.test("sse reads whole events and single bytes alike, whatever stands between them", () => {
  const parts = [
    "data: a\n\n",
    "\n",
    "event: n\ndata: b\n\n",
    ": c\n\n",
    "data: d\ndata: e\n\n",
    "\uFEFF",
    "data\n\n",
    "é\n\n",
  ];
  let state = 7;
  for (let round = 0; round < 500; round++) {
    let text = "";
    for (let i = 0; i < 5; i++) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      text += parts[(state >> 8) % parts.length];
    }
    const whole = new BodyLog();
    const single = new BodyLog();
    const [wholeParser, singleParser] = [sse.createParser(whole, ""), sse.createParser(single, "")];
    const bytes = encoder.encode(text);
    wholeParser.push(bytes, 1);
    for (let at = 0; at < bytes.length; at++) singleParser.push(bytes.subarray(at, at + 1), 1);
    wholeParser.end(true, 1);
    singleParser.end(true, 1);
    assert.deepEqual(whole, single, JSON.stringify(text));
  }
});
