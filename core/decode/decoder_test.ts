import assert from "node:assert/strict";
import { testConnection } from "../../tests/support/exchange_log.ts";
import { cut, Random } from "../../tests/support/random.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { RecordFlag } from "../model/raw_capture.ts";
import { ANSWER, CHAT, CHAT_LINES, HEALTH, start } from "../../tests/support/decoder_harness.ts";

Deno.test("decoder captures a chat that comes after twenty health checks on one connection", () => {
  const { decoder, facts, levels, lines } = start();
  for (let i = 0; i < 20; i++) {
    // After the first one the kernel copies heads of both directions, 256 bytes of each call.
    const flags = i === 0 ? 0 : RecordFlag.headsOnly;
    decoder.raw(facts.data(">", HEALTH, { flags }));
    decoder.raw(facts.data("<", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nok", { flags }));
    facts.skip("<", 898);
  }
  decoder.raw(facts.data(">", CHAT));
  decoder.raw(facts.data("<", ANSWER));
  assert.deepEqual(levels(), ["1 heads not_ai", "1 open ai"]);
  assert.deepEqual(lines().slice(-3), ["#20 http/1.1 POST h /v1/chat/completions", ...CHAT_LINES.slice(1)]);
});

Deno.test("decoder tells what waited for a lost record in order of time, and gives no answer to a later request", () => {
  const second = CHAT.replace("{}", "[]");
  const lines = (lost: number) => {
    const { decoder, facts, lines } = start({ isUnordered: true });
    const records = [
      facts.data(">", CHAT),
      facts.data("<", ANSWER.slice(0, 20)),
      facts.data("<", ANSWER.slice(20)),
      facts.data(">", second.slice(0, 30)),
      facts.data(">", second.slice(30)),
      facts.data("<", ANSWER.replace("[]", "{}")),
      facts.data(">", CHAT),
    ];
    for (const [index, record] of records.entries()) if (index !== lost) decoder.raw(record);
    decoder.advance(facts.timeNs);
    decoder.raw(facts.data("<", ANSWER));
    return lines();
  };
  assert.deepEqual(lines(1), [
    "#0 http/1.1 POST h /v1/chat/completions",
    '  request complete no_response:missing "{}"',
    "#1 http/1.1 POST h /v1/chat/completions",
    '  request complete "[]"',
    '  response 200 complete "{}" assumed',
    ...CHAT_LINES.with(0, "#2 http/1.1 POST h /v1/chat/completions").with(2, '  response 200 complete "[]" assumed'),
  ]);
  assert.deepEqual(lines(3), [
    ...CHAT_LINES,
    ...CHAT_LINES.with(0, "#1 http/1.1 POST h /v1/chat/completions").with(2, '  response 200 complete "[]" assumed'),
  ]);
});

Deno.test("decoder names the offset a verdict was decided on", () => {
  const { decoder, facts, verdicts } = start();
  decoder.raw(facts.data(">", HEALTH));
  assert.deepEqual(verdicts, [{ connId: 1, level: "heads", sentOffset: HEALTH.length, reason: "not_ai" }]);
});

Deno.test("decoder stops what is no HTTP and listed hosts, from the first byte on only", () => {
  const { decoder, facts, levels } = start();
  decoder.raw(facts.data(">", "\x10\x20MQTT binary stuff"));
  decoder.raw(facts.data(">", "more"));
  decoder.raw(facts.data(">", "GET /listed HTTP/1.1\r\n\r\n", { connId: 2 }));
  decoder.raw(facts.data(">", "GET /listed HTTP/1.1\r\n\r\n", { connId: 3, flags: RecordFlag.joinedLate }));
  decoder.raw(facts.data(">", "x".repeat(70_000), { connId: 4, flags: RecordFlag.joinedLate }));
  assert.deepEqual(levels(), ["1 stop not_http", "2 stop not_ai_host", "3 heads not_ai_host", "4 heads undecided"]);
  assert.equal(decoder.losses().bytes["not_http"], 23);
});

Deno.test("decoder waits for enough bytes to know the format, whoever speaks first", () => {
  const { decoder, facts, lines } = start();
  decoder.raw(facts.data("<", "220 greeting\r\n"));
  for (const char of CHAT) decoder.raw(facts.data(">", char));
  decoder.raw(facts.data("<", ANSWER));
  // The greeting is no answer of HTTP: it belongs to nobody.
  assert.equal(lines()[0], CHAT_LINES[0]);
  assert.equal(lines()[1], CHAT_LINES[1]);
});

Deno.test("decoder leaves out connections whose server is the captured process, unless asked for", () => {
  const off = start();
  off.decoder.raw(off.facts.data("<", CHAT));
  off.decoder.raw(off.facts.data(">", ANSWER));
  assert.deepEqual(off.lines(), []);
  assert.deepEqual(off.levels(), ["1 stop server_side"]);
  assert.equal(off.decoder.losses().bytes["server_side"], CHAT.length + ANSWER.length);
  const on = start({ wantsServerSide: true });
  on.decoder.raw(on.facts.data("<", CHAT));
  on.decoder.raw(on.facts.data(">", ANSWER));
  assert.deepEqual(on.lines(), CHAT_LINES);
  assert.equal(on.stage()?.exchanges[0]?.exchange.connection.serverSide, true);
});

Deno.test("decoder reports a connection with both ends on this machine once", () => {
  const { decoder, facts, lines } = start({ wantsServerSide: true });
  const client = { ip: "127.0.0.1", port: 40000 };
  const server = { ip: "127.0.0.1", port: 443 };
  decoder.raw(facts.connection("opened", { connId: 1, local: client, remote: server }));
  decoder.raw(facts.connection("opened", { connId: 2, local: server, remote: client, serverSide: true }));
  decoder.raw(facts.data(">", CHAT, { connId: 1 }));
  decoder.raw(facts.data("<", CHAT, { connId: 2 }));
  decoder.raw(facts.data(">", ANSWER, { connId: 2 }));
  decoder.raw(facts.data("<", ANSWER, { connId: 1 }));
  assert.deepEqual(lines(), CHAT_LINES);
});

Deno.test("decoder keeps the order of offsets when records are mixed and repeated", () => {
  const { decoder, facts, lines } = start({ isUnordered: true });
  const request = [...CHAT].map((char) => facts.data(">", char));
  const response = [...ANSWER].map((char) => facts.data("<", char));
  for (const fact of [...request.reverse(), ...request]) decoder.raw(fact);
  for (const fact of [...response, ...response.reverse()]) decoder.raw(fact);
  assert.deepEqual(lines(), CHAT_LINES);
});

Deno.test("decoder waits for a request that its answer overtook, for any exchange of the connection", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = new Random(seed);
    const { decoder, facts, lines } = start({ isUnordered: true });
    const records = Array.from({ length: 3 }, () => [
      ...cut(new TextEncoder().encode(CHAT), seed).map((bytes) => facts.data(">", bytes)),
      ...cut(new TextEncoder().encode(ANSWER), seed).map((bytes) => facts.data("<", bytes)),
    ]);
    for (const call of records) {
      random.shuffle(call);
      for (const fact of call) decoder.raw(fact);
    }
    decoder.close();
    const expected = [0, 1, 2].flatMap((
      ordinal,
    ) => [CHAT_LINES[0]?.replace("#0", `#${ordinal}`), ...CHAT_LINES.slice(1)]);
    assert.deepEqual(lines(), expected, `seed ${seed}`);
  }
});

Deno.test("decoder closes a connection when its end offsets are reached or no byte can come any more", () => {
  const { decoder, facts, lines } = start();
  decoder.raw(facts.data(">", CHAT));
  decoder.raw(facts.data("<", "HTTP/1.1 200 OK\r\n\r\npart"));
  facts.skip("<", 6);
  decoder.raw(facts.connection("closed"));
  assert.equal(decoder.connections, 1);
  decoder.advance(facts.timeNs);
  assert.equal(decoder.connections, 0);
  assert.equal(lines()[2], '  response 200 gap missing "part<gap 6 missing>"');
  // A late record of a closed connection changes nothing.
  decoder.raw(facts.data("<", "late"));
  assert.equal(decoder.connections, 0);
  assert.equal(decoder.losses().items["after_close"], 1);
});

Deno.test("decoder ends what is open when a process exits and when the source ends", () => {
  const { decoder, facts, lines } = start();
  decoder.raw(facts.data(">", CHAT));
  decoder.raw({ ...facts.header(0), kind: "process", state: "exit", exitCode: 0 });
  assert.equal(decoder.connections, 1, "bytes may still be on their way");
  decoder.advance(Number.MAX_SAFE_INTEGER);
  assert.equal(decoder.connections, 0);
  decoder.raw(facts.data(">", CHAT, { connId: 2, processKey: 8 }));
  decoder.close();
  assert.deepEqual(lines().filter((line) => line.includes("request")), [
    '  request complete no_response:process_exit "{}"',
    '  request complete no_response:capture_ended "{}"',
  ]);
});

Deno.test("decoder hands a whole input exchange to the call stage", () => {
  const { decoder, lines } = start();
  const message = {
    headers: new Map(),
    firstByteNs: 1,
    lastByteNs: 2,
    wireBodyBytes: 2,
    completeness: "complete" as const,
  };
  const exchange: HttpExchange = {
    connection: testConnection({ transport: "input" }),
    ordinal: 0,
    protocol: "http/1.1",
    request: {
      ...message,
      reasons: [],
      method: "POST",
      target: "/v1/chat/completions",
      path: "/v1/chat/completions",
      host: "h",
    },
    response: { ...message, reasons: [], status: 200 },
  };
  const encoder = new TextEncoder();
  decoder.exchange({ exchange, requestBody: encoder.encode("{}"), responseBody: encoder.encode("[]") });
  assert.deepEqual(lines(), CHAT_LINES);
});

Deno.test("decoder keeps to its memory budget by ending what is idle longest, and counts it", () => {
  const { decoder, facts, lines, stage } = start({ memoryBytes: 50_000 });
  for (let connId = 1; connId <= 3; connId++) {
    decoder.raw(facts.data(">", "POST /a HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", { connId }));
  }
  // What the call stage holds counts too: it lets go when an exchange ends.
  Object.defineProperty(stage(), "heldBytes", {
    get: () => (stage()?.exchanges.filter((one) => !one.isEnded).length ?? 0) * 20_000,
  });
  decoder.raw(facts.data(">", "x", { connId: 3 }));
  assert.deepEqual(lines().filter((line) => line.includes("request")), [
    '  request truncated memory no_response:memory ""',
    '  request open ""',
    '  request open ""',
  ]);
  assert.equal(decoder.losses().items["memory"], 1);
});

Deno.test("decoder holds nothing for 20,000 idle connections but themselves", () => {
  const { decoder, facts } = start();
  for (let connId = 1; connId <= 20_000; connId++) {
    decoder.raw(facts.data(">", HEALTH, { connId }));
    decoder.raw(facts.data("<", ANSWER, { connId }));
  }
  assert.equal(decoder.connections, 20_000);
  assert.equal(decoder.heldBytes, 0);
  for (let connId = 1; connId <= 20_000; connId++) decoder.raw(facts.connection("closed", { connId }));
  assert.equal(decoder.connections, 0);
});
