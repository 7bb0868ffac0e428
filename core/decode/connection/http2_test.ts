import assert from "node:assert/strict";
import { http2Fuzz } from "../../../tests/fuzz/http2.ts";
import { ExchangeLog, testConnection } from "../../../tests/support/exchange_log.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { dataFrame, type Field, frame, PREFACE, requestFields } from "../../../tests/support/http2_writer.ts";
import { concat, cut, Random } from "../../../tests/support/random.ts";
import type { Flow } from "./connection_format.ts";
import { http2 } from "./http2.ts";
import { Conversation, OK_FIELDS, PREAMBLE } from "../../../tests/support/http2_conversation.ts";

const encoder = new TextEncoder();

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
