import assert from "node:assert/strict";
import { http1Fuzz } from "../../../tests/fuzz/http1.ts";
import { ExchangeLog, testConnection } from "../../../tests/support/exchange_log.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { parseWireCases, runWireCase } from "../../../tests/support/wire_cases.ts";
import { http1 } from "./http1.ts";

const encoder = new TextEncoder();
const folder = new URL("../../../fixtures/wire/http1/", import.meta.url);

for (const file of ["framing.md", "gaps.md"]) {
  for (const one of parseWireCases(Deno.readTextFileSync(new URL(file, folder)))) {
    Deno.test(`http1 ${file}: ${one.name}`, () => {
      const seeds = one.keepsRecords ? [0] : [0, 1, 2, 3, 4, 5];
      for (const seed of seeds) assert.equal(runWireCase(http1, one, seed), one.expected, `cut with seed ${seed}`);
    });
  }
}

Deno.test("http1 joins repeated fields, and keeps set-cookie lines apart", () => {
  const { log, push } = start();
  push("request", "GET / HTTP/1.1\r\nAccept: a\r\nAccept: b\r\nHOST : h\r\nNoColon\r\n: empty\r\nX:\t v \t\r\n\r\n");
  push("response", "HTTP/1.1 200\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n");
  const exchange = log.exchanges[0]?.exchange;
  assert.deepEqual([...exchange?.request.headers ?? []], [["accept", "a, b"], ["host", "h"], ["x", "v"]]);
  assert.equal(exchange?.response?.headers.get("set-cookie"), "a=1\nb=2");
});

Deno.test("http1 dates a message by its first and last byte and counts body bytes without chunk framing", () => {
  const { log, parser } = start();
  parser.push("request", encoder.encode("POST / HTTP/1.1\r\nContent-"), 10);
  parser.push("request", encoder.encode("Length: 4\r\n\r\nab"), 20);
  parser.push("request", encoder.encode("cd"), 30);
  parser.push("response", encoder.encode("HTTP/1.1 100 Continue\r\n\r\n"), 35);
  parser.push("response", encoder.encode("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"), 40);
  parser.push("response", encoder.encode("c\r\n0\r\n\r\n"), 50);
  const { request, response } = log.exchanges[0]?.exchange ?? {};
  assert.deepEqual([request?.firstByteNs, request?.lastByteNs, request?.wireBodyBytes], [10, 30, 4]);
  assert.deepEqual([response?.firstByteNs, response?.lastByteNs, response?.wireBodyBytes], [40, 50, 3]);
});

Deno.test("http1 puts transfer codings behind content codings", () => {
  const { log, push } = start();
  push("request", "GET / HTTP/1.1\r\n\r\n");
  push("response", "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nTransfer-Encoding: GZIP, chunked\r\n\r\n0\r\n\r\n");
  assert.equal(log.exchanges[0]?.exchange.response?.headers.get("content-encoding"), "br, gzip");
});

Deno.test("http1 ends the oldest exchange when memory is short and keeps the framing", () => {
  const { log, push, parser } = start();
  push("request", "POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nab");
  assert.equal(parser.evict("memory", 2), true);
  assert.equal(parser.evict("memory", 2), false);
  push("request", "cdGET /b HTTP/1.1\r\n\r\n");
  push("response", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb");
  assert.deepEqual(log.lines(), [
    "#0 http/1.1 POST - /a",
    '  request truncated memory no_response:memory "ab"',
    "#1 http/1.1 GET - /b",
    '  request complete ""',
    '  response 200 complete "b"',
  ]);
});

Deno.test("http1 ends an exchange that waits for the rest of its request before it switches, when the connection closes", () => {
  const { log, push, parser } = start();
  push(
    "request",
    "OPTIONS / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na",
  );
  push("response", "HTTP/1.1 101 Switching Protocols\r\n\r\n");
  parser.close("complete", "closed", 3);
  assert.equal(parser.inFlight, 0);
  assert.deepEqual(log.exchanges.map(({ isEnded }) => isEnded), [true]);
});

Deno.test("http1 ends an exchange that waits for the answer to its upgrade when its place among the others is lost", () => {
  const { log, push, parser } = start();
  push("request", "GET /a HTTP/1.1\r\n\r\n");
  push("request", "GET /b HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n");
  parser.gap("request", 22, "ring_full", 2);
  parser.push("response", encoder.encode("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"), 3);
  parser.gap("response", 90, "ring_full", 4);
  parser.push("response", encoder.encode("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"), 5);
  parser.push("request", encoder.encode("GET /c HTTP/1.1\r\n\r\n"), 6);
  parser.close("complete", "closed", 7);
  assert.deepEqual(log.exchanges.map(({ isEnded }) => isEnded), [true, true, true]);
});

Deno.test("http1 keeps at most the limit of field lines", () => {
  const { log, push } = start();
  push("request", `GET / HTTP/1.1\r\n${Array.from({ length: 5000 }, (_, i) => `x${i}: v\r\n`).join("")}\r\n`);
  assert.equal(log.exchanges[0]?.exchange.request.headers.size, 1000);
});

Deno.test("http1 survives damaged conversations", () => runFuzz(http1Fuzz, TEST_INPUTS));

function start() {
  const log = new ExchangeLog();
  const parser = http1.createParser(testConnection(), log);
  const push = (flow: "request" | "response", text: string) => parser.push(flow, encoder.encode(text), 1);
  return { log, parser, push };
}
