import assert from "node:assert/strict";
import { ExchangeLog, testConnection } from "../../../tests/support/exchange_log.ts";
import { dataFrame, frame, HpackWriter, requestFields } from "../../../tests/support/http2_writer.ts";
import { concat } from "../../../tests/support/random.ts";
import { http1 } from "./http1.ts";
import { http2 } from "./http2.ts";
import { OK_FIELDS, PREAMBLE } from "../../../tests/support/http2_conversation.ts";

const encoder = new TextEncoder();

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
