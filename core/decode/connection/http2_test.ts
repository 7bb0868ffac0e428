import assert from "node:assert/strict";
import { http2Fuzz } from "../../../tests/fuzz/http2.ts";
import { ExchangeLog, testConnection } from "../../../tests/support/exchange_log.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import {
  dataFrame,
  type Field,
  frame,
  HpackWriter,
  PREFACE,
  requestFields,
} from "../../../tests/support/http2_writer.ts";
import { concat, cut, Random } from "../../../tests/support/random.ts";
import type { Flow } from "./connection_format.ts";
import { http1 } from "./http1.ts";
import { http2 } from "./http2.ts";

const encoder = new TextEncoder();
const OK_FIELDS: Field[] = [[":status", "200"], ["content-type", "application/json"]];

/** A connection seen from its start, with a writer for each side. */
class Conversation {
  readonly log = new ExchangeLog();
  readonly client = new HpackWriter();
  readonly server = new HpackWriter();
  readonly parser;
  timeNs = 0;

  constructor(readonly seed = 0, joinedLate = false) {
    this.parser = http2.createParser(testConnection({ joinedLate }), this.log);
  }

  push(flow: Flow, ...frames: Uint8Array[]): void {
    this.timeNs += 10;
    for (const piece of cut(concat(frames), this.seed)) this.parser.push(flow, piece, this.timeNs);
  }

  call(streamId: number, path: string): void {
    this.push("request", this.client.headers(streamId, requestFields("GET", path), true));
    this.push("response", this.server.headers(streamId, OK_FIELDS, false), dataFrame(streamId, path, true));
  }
}

const PREAMBLE = [PREFACE, frame(4, 0, 0, Uint8Array.of(0, 3, 0, 0, 0, 100))];

Deno.test("http2 tells interleaved, padded, split streams apart, however they are cut", () => {
  for (const seed of [0, 1, 2, 3]) {
    const all = new Conversation(seed);
    const random = new Random(7);
    all.push("response", frame(4, 0, 0));
    all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("POST", "/a?x=1"), false, random));
    all.push(
      "request",
      all.client.headers(3, requestFields("POST", "/b"), false, random),
      dataFrame(1, "hel", false, 30),
    );
    all.push("request", dataFrame(3, "two", true), dataFrame(1, "lo", true, 0), frame(6, 0, 0, new Uint8Array(8)));
    all.push(
      "response",
      all.server.headers(3, [[":status", "103"]], false),
      all.server.headers(3, OK_FIELDS, false, random),
    );
    all.push("response", all.server.headers(1, OK_FIELDS, false), dataFrame(3, "an"), dataFrame(1, "first", true, 9));
    all.push("response", frame(8, 0, 3, new Uint8Array(4)), dataFrame(3, "swer"), frame(0xc, 0, 3, new Uint8Array(7)));
    all.push("response", all.server.headers(3, [["grpc-status", "0"]], true));
    assert.deepEqual(all.log.lines(), [
      "#0 h2 POST api.example.com /a?x=1",
      '  request complete "hello"',
      '  response 200 complete "first"',
      "#1 h2 POST api.example.com /b",
      '  request complete "two"',
      '  response 200 complete "answer"',
    ], `seed ${seed}`);
    assert.equal(all.log.exchanges[1]?.exchange.response?.headers.get("grpc-status"), "0");
    assert.equal(all.parser.inFlight, 0);
  }
});

Deno.test("http2 joins cookies and repeated fields", () => {
  const all = new Conversation();
  const more: Field[] = [["cookie", "a=1"], ["cookie", "b=2"], ["accept", "x"], ["accept", "y"]];
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/", more), true));
  const headers = all.log.exchanges[0]?.exchange.request.headers;
  assert.deepEqual([headers?.get("cookie"), headers?.get("accept")], ["a=1; b=2", "x, y"]);
});

Deno.test("http2 follows 100 streams at once", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE);
  for (let id = 1; id < 200; id += 2) all.push("request", all.client.headers(id, requestFields("GET", `/${id}`), true));
  assert.equal(all.parser.inFlight, 100);
  for (let id = 199; id > 0; id -= 2) all.push("response", all.server.headers(id, OK_FIELDS, false));
  for (let id = 1; id < 200; id += 2) all.push("response", dataFrame(id, `/${id}`, true));
  assert.equal(all.parser.inFlight, 0);
  for (const one of all.log.exchanges) assert.equal(one.responseBody, one.exchange.request.target);
});

Deno.test("http2 ends streams that are reset or refused by GOAWAY, and ignores pushed ones", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE);
  for (const id of [1, 3, 5]) all.push("request", all.client.headers(id, requestFields("GET", `/${id}`), true));
  all.push("response", frame(5, 4, 1, concat([Uint8Array.of(0, 0, 0, 2), all.server.block([[":method", "GET"]])])));
  all.push(
    "response",
    all.server.headers(2, [[":status", "200"], ["pushed", "1"]], false),
    dataFrame(2, "pushed", true),
  );
  all.push("response", all.server.headers(1, [[":status", "200"], ["pushed", "1"]], false), dataFrame(1, "par"));
  all.push(
    "response",
    frame(3, 0, 1, Uint8Array.of(0, 0, 0, 8)),
    frame(7, 0, 0, Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 0)),
  );
  all.parser.close("complete", "closed", 99);
  assert.deepEqual(all.log.lines(), [
    "#0 h2 GET api.example.com /1",
    '  request complete ""',
    '  response 200 aborted rst_stream_8 "par"',
    "#1 h2 GET api.example.com /3",
    '  request complete no_response:closed ""',
    "#2 h2 GET api.example.com /5",
    '  request complete no_response:goaway ""',
  ]);
});

Deno.test("http2 keeps the framing over a gap inside a DATA frame", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/a"), true));
  const data = dataFrame(1, "0123456789", true);
  all.push("response", all.server.headers(1, OK_FIELDS, false), data.subarray(0, 12));
  all.parser.gap("response", 4, "ring_full", 1);
  all.push("response", data.subarray(16));
  all.call(3, "/b");
  assert.deepEqual(all.log.lines(), [
    "#0 h2 GET api.example.com /a",
    '  request complete ""',
    '  response 200 gap ring_full "012<gap 4 ring_full>789"',
    "#1 h2 GET api.example.com /b",
    '  request complete ""',
    '  response 200 complete "/b"',
  ]);
});

Deno.test("http2 goes on after a gap at a record of frames, with unknown fields absent and marked", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/a"), true));
  all.client.headers(3, requestFields("POST", "/lost"), true);
  all.parser.gap("request", 0, "ring_full", 1);
  all.push("request", encoder.encode("rest of something that is no frame"));
  all.push("request", all.client.headers(5, requestFields("GET", "/c"), true));
  all.push("response", all.server.headers(1, OK_FIELDS, false), dataFrame(1, "a", true));
  all.push("response", all.server.headers(5, OK_FIELDS, false), dataFrame(5, "c", true));
  assert.deepEqual(all.log.lines(), [
    "#0 h2 GET api.example.com /a",
    '  request complete ""',
    '  response 200 complete "a"',
    "#1 h2  - /c",
    '  request complete hpack_state ""',
    '  response 200 complete "c"',
  ]);
  assert.equal(all.log.exchanges[1]?.exchange.request.completeness, "joined_late");
});

Deno.test("http2 joined late decodes streams that begin later, and never guesses a field", () => {
  const all = new Conversation(0, true);
  all.client.headers(1, requestFields("GET", "/before"), true);
  all.server.headers(1, OK_FIELDS, false);
  all.push("response", dataFrame(1, "of an unseen request", true));
  all.push("request", all.client.headers(3, requestFields("POST", "/v1/chat"), false), dataFrame(3, "{}", true));
  all.push("response", all.server.headers(3, [[":status", "200"], ["x", "known"]], false), dataFrame(3, "lost"));
  all.push("response", all.server.headers(5, [[":status", "500"]], true));
  all.push("request", all.client.headers(7, requestFields("GET", "/before", [["x", "1"]]), true));
  all.push("response", all.server.headers(7, [[":status", "404"]], true));
  all.parser.close("truncated", "capture_ended", 99);
  assert.deepEqual(
    all.log.lines(),
    [
      // Status 200 was in the table before: without it the answer's head is not known to be one.
      "#0 h2 POST - /v1/chat",
      '  request complete hpack_state no_response:capture_ended "{}"',
      "#1 h2  - ",
      '  request complete hpack_state ""',
      '  response 404 complete ""',
    ],
  );
});

Deno.test("http2 ends the streams that are idle", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/a"), true));
  all.push("response", all.server.headers(1, OK_FIELDS, false), dataFrame(1, "a"));
  all.push("request", all.client.headers(3, requestFields("GET", "/b"), true));
  all.parser.advance(301e9);
  assert.equal(all.parser.inFlight, 1);
  all.parser.advance(901e9);
  assert.equal(all.parser.inFlight, 0);
  assert.equal(all.log.lines()[2], '  response 200 truncated idle_timeout "a"');
});

Deno.test("http2 ends the stream idle longest when memory is short", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE);
  for (const id of [1, 3]) all.push("request", all.client.headers(id, requestFields("GET", `/${id}`), false));
  all.push("request", dataFrame(1, "x"));
  assert.equal(all.parser.evict("memory", 5), true);
  assert.match(all.log.lines()[4] ?? "", /truncated memory/);
  assert.equal(all.parser.inFlight, 1);
});

Deno.test("http2 takes over an upgrade from HTTP/1: the request is stream 1", () => {
  const log = new ExchangeLog();
  const connection = testConnection();
  const first = http1.createParser(connection, log);
  const head =
    "GET /up HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
  first.push("request", encoder.encode(head), 1);
  const server = new HpackWriter();
  const rest = concat([frame(4, 0, 0), server.headers(1, OK_FIELDS, false), dataFrame(1, "one", true)]);
  const switching = encoder.encode("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
  const outcome = first.push("response", concat([switching, rest]), 2);
  assert.ok(outcome.type === "switch" && http2.upgradeTokens?.includes(outcome.to) && http2.createUpgraded);
  const second = http2.createUpgraded(connection, log, outcome.handover);
  second.push("response", outcome.rest, 2);
  second.push("request", concat([...PREAMBLE, new HpackWriter().headers(3, requestFields("GET", "/3"), true)]), 3);
  second.push("response", server.headers(3, [[":status", "204"]], true), 4);
  assert.deepEqual(log.lines(), [
    "#0 h2 GET h /up",
    '  request complete ""',
    '  response 200 complete "one"',
    "#1 h2 GET api.example.com /3",
    '  request complete ""',
    '  response 204 complete ""',
  ]);
});

for (const order of ["after", "before"]) {
  Deno.test(`http2 takes over an upgrade whose request has a body, answered ${order} the body's end`, () => {
    const log = new ExchangeLog();
    const connection = testConnection();
    const first = http1.createParser(connection, log);
    const client = encoder.encode(
      "POST /up HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbody",
    );
    const server = new HpackWriter();
    const answer = concat([
      encoder.encode("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
      ...[frame(4, 0, 0), server.headers(1, OK_FIELDS, false), dataFrame(1, "one", true)],
    ]);
    const split = order === "after" ? client.length : client.length - 2;
    first.push("request", client.subarray(0, split), 1);
    const later = concat([client.subarray(split), ...PREAMBLE]);
    const early = first.push("response", answer, 2);
    const outcome = early.type === "switch" ? early : first.push("request", later, 3);
    assert.ok(outcome.type === "switch" && http2.createUpgraded);
    const second = http2.createUpgraded(connection, log, outcome.handover);
    if (outcome.handover.requestRest !== undefined) second.push("request", outcome.handover.requestRest, 3);
    second.push("response", outcome.rest, 3);
    if (early.type === "switch") second.push("request", later, 3);
    second.push("request", new HpackWriter().headers(3, requestFields("GET", "/3"), true), 4);
    second.push("response", server.headers(3, [[":status", "204"]], true), 5);
    assert.deepEqual(log.lines(), [
      "#0 h2 POST h /up",
      '  request complete "body"',
      '  response 200 complete "one"',
      "#1 h2 GET api.example.com /3",
      '  request complete ""',
      '  response 204 complete ""',
    ]);
  });
}

Deno.test("http1 goes on when the upgrade of a request with a body is refused, also before the body's end", () => {
  const log = new ExchangeLog();
  const parser = http1.createParser(testConnection(), log);
  const head = "POST /up HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\n";
  const answer = encoder.encode("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
  parser.push("request", encoder.encode(head + "bo"), 1);
  parser.push("response", answer, 2);
  parser.push("request", encoder.encode("dy" + head + "more" + "GET /b HTTP/1.1\r\n\r\n"), 3);
  parser.push("response", answer, 4);
  parser.push("response", answer, 5);
  assert.deepEqual(log.lines(), [
    "#0 http/1.1 POST - /up",
    '  request complete "body"',
    '  response 200 complete "a"',
    "#1 http/1.1 POST - /up",
    '  request complete "more"',
    '  response 200 complete "a"',
    "#2 http/1.1 GET - /b",
    '  request complete ""',
    '  response 200 complete "a"',
  ]);
});

Deno.test("http2 reads a connection of a Node client as recorded: Huffman text, both tables, trailers, four requests", () => {
  const lines = Deno.readTextFileSync(new URL("../../../fixtures/wire/http2/node_client.jsonl", import.meta.url))
    .trim();
  const records = lines.split("\n").map((line): { flow: Flow; data: string } => JSON.parse(line));
  for (const seed of [0, 1, 2]) {
    const log = new ExchangeLog();
    const parser = http2.createParser(testConnection(), log);
    for (const { flow, data } of records) {
      const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
      for (const piece of cut(bytes, seed)) parser.push(flow, piece, 1);
    }
    parser.close("complete", "closed", 2);
    assert.deepEqual(log.lines(), [
      "#0 h2 POST localhost:9804 /v1/chat/completions",
      '  request complete "{\\"model\\":\\"m\\",\\"messages\\":[]}"',
      '  response 200 complete "{\\"path\\":\\"/v1/chat/completions\\",\\"bytes\\":27}"',
      "#1 h2 POST localhost:9804 /v1/messages",
      '  request complete "{\\"model\\":\\"m\\",\\"stream\\":true}"',
      `  response 200 complete ${
        JSON.stringify(["one", "two", "three"].map((word) => `data: {"word":"${word}"}\n\n`).join(""))
      }`,
      "#2 h2 GET localhost:9804 /missing",
      '  request complete ""',
      '  response 404 complete "{\\"path\\":\\"/missing\\",\\"bytes\\":0}"',
      "#3 h2 POST localhost:9804 /v1/chat/completions",
      `  request complete "${"z".repeat(300)}"`,
      '  response 200 complete "{\\"path\\":\\"/v1/chat/completions\\",\\"bytes\\":300}"',
    ], `seed ${seed}`);
    const [chat, stream] = log.exchanges.map((one) => one.exchange);
    assert.match(chat?.request.headers.get("user-agent") ?? "", /^node-client\//);
    assert.equal(chat?.response?.headers.get("set-cookie"), "a=1\nb=2");
    assert.equal(stream?.response?.headers.get("x-checksum"), "7");
  }
});

Deno.test("http2 is recognised by its preface only, and joined late by whole frames", () => {
  assert.equal(http2.sniff(PREFACE), 1);
  assert.equal(http2.sniff(PREFACE.subarray(0, 5)), undefined);
  assert.equal(http2.sniff(encoder.encode("PRIOR /x HTTP/1.1\r\n")), 0);
  assert.ok(http2.sniffJoined(concat([frame(8, 0, 0, new Uint8Array(4)), dataFrame(1, "x")]), "request") > 0.5);
  assert.equal(http2.sniffJoined(encoder.encode("POST / HTTP/1.1\r\n\r\n"), "request"), 0);
});

Deno.test("http2 survives damaged conversations", () => runFuzz(http2Fuzz, TEST_INPUTS));
