import assert from "node:assert/strict";
import zlib from "node:zlib";
import { websocketFuzz } from "../../../tests/fuzz/websocket.ts";
import { ExchangeLog, testConnection } from "../../../tests/support/exchange_log.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { concat, cut } from "../../../tests/support/random.ts";
import { deflateMessages, wsFrame, wsUpgrade } from "../../../tests/support/websocket_writer.ts";
import type { ConnectionParser, Flow } from "./connection_format.ts";
import { http1 } from "./http1.ts";
import { websocket } from "./websocket.ts";

const HEAD = "#0 websocket GET h /v1/realtime?model=m";

/** Runs an upgrade and the frames after it. */
class Session {
  readonly log = new ExchangeLog();
  parser: ConnectionParser;

  constructor(readonly seed = 0, extensions = "") {
    const connection = testConnection();
    const first = http1.createParser(connection, this.log);
    const { request, response } = wsUpgrade(extensions);
    first.push("request", request, 1);
    const outcome = first.push("response", response, 2);
    assert.ok(outcome.type === "switch" && outcome.to === "websocket" && websocket.createUpgraded);
    this.parser = websocket.createUpgraded(connection, this.log, outcome.handover);
    if (outcome.rest.length > 0) this.parser.push("response", outcome.rest, 2);
  }

  push(flow: Flow, ...frames: Uint8Array[]): void {
    for (const piece of cut(concat(frames), this.seed)) this.parser.push(flow, piece, 3);
  }
}

Deno.test("websocket gives the text messages of both directions, fragmented and with control frames between", () => {
  for (const seed of [0, 1, 2, 3]) {
    const session = new Session(seed);
    session.push(
      "request",
      wsFrame(0x81, '{"a":"é"}', true),
      wsFrame(0x01, '{"b":', true),
      wsFrame(0x89, "ping", true),
    );
    session.push("request", wsFrame(0x00, "1", true), wsFrame(0x80, "}", true), wsFrame(0x81, "x".repeat(300), true));
    session.push("response", wsFrame(0x8a, "ping", false), wsFrame(0x81, '{\n"c":2}', false), wsFrame(0x81, "", false));
    session.push("response", wsFrame(0x82, '{"json":"in binary"}', false), wsFrame(0x82, "\x01\x02audio", false));
    session.push("response", wsFrame(0x88, "\x03\xe8", false));
    session.push("request", wsFrame(0x88, "\x03\xe8", true));
    assert.deepEqual(session.log.lines(), [
      HEAD,
      `  request complete ${JSON.stringify(`{"a":"é"}\x1e{"b":1}\x1e${"x".repeat(300)}\x1e`)}`,
      `  response 101 complete ${JSON.stringify('{\n"c":2}\x1e{"json":"in binary"}\x1e')}`,
    ], `seed ${seed}`);
    assert.equal(session.parser.inFlight, 0);
  }
});

Deno.test("websocket undoes permessage-deflate with a window that goes on over messages", () => {
  const texts = ['{"hello":"hello hello"}', '{"hello":"hello hello hello"}', "z".repeat(5000)];
  const packed = deflateMessages(texts);
  assert.ok((packed[1]?.length ?? 99) < 20);
  for (const seed of [0, 1, 2]) {
    const session = new Session(seed, "permessage-deflate; client_max_window_bits=15");
    session.push("request", ...packed.map((bytes) => wsFrame(0xc1, bytes, true)));
    const [first = new Uint8Array(0)] = packed;
    session.push("response", wsFrame(0x41, first.subarray(0, 5), false), wsFrame(0x80, first.subarray(5), false));
    session.push("response", wsFrame(0x81, "plain", false));
    session.parser.close("truncated", "capture_ended", 9);
    assert.deepEqual(session.log.lines(), [
      HEAD,
      `  request truncated capture_ended ${JSON.stringify(texts.map((text) => `${text}\x1e`).join(""))}`,
      `  response 101 truncated capture_ended ${JSON.stringify(`${texts[0]}\x1eplain\x1e`)}`,
    ], `seed ${seed}`);
  }
});

Deno.test("websocket reads messages that end with a final block", () => {
  const texts = ['{"a":1}', '{"b":"' + "x".repeat(300) + '"}', '{"c":3}'];
  const packed = texts.map((text) => concat([zlib.deflateRawSync(new TextEncoder().encode(text)), Uint8Array.of(0)]));
  for (const seed of [0, 1, 2]) {
    const session = new Session(seed, "permessage-deflate");
    session.push("response", ...packed.map((bytes) => wsFrame(0xc1, bytes, false)));
    session.parser.close("truncated", "capture_ended", 9);
    assert.equal(
      session.log.lines()[2],
      `  response 101 truncated capture_ended ${JSON.stringify(texts.map((text) => `${text}\x1e`).join(""))}`,
    );
  }
});

Deno.test("websocket starts a new window for each message where that was agreed on", () => {
  const [first = new Uint8Array(0)] = deflateMessages(["same text"]);
  const session = new Session(0, "permessage-deflate; server_no_context_takeover");
  session.push("response", wsFrame(0xc1, first, false), wsFrame(0xc1, first, false));
  assert.equal(session.parser.heldBytes, 0);
  session.parser.close("complete", "closed", 9);
  assert.match(session.log.lines()[2] ?? "", /aborted closed "same text\\u001esame text\\u001e"/);
});

Deno.test("websocket loses only the message that a gap of known length lies in", () => {
  const session = new Session();
  const frame = wsFrame(0x81, "0123456789", true);
  session.push("request", wsFrame(0x81, "first", true), frame.subarray(0, 9));
  session.parser.gap("request", 4, "ring_full", 4);
  session.push("request", frame.subarray(13), wsFrame(0x81, "third", true));
  session.parser.close("complete", "closed", 9);
  assert.match(
    session.log.lines()[1] ?? "",
    /aborted ring_full closed "first\\u001e012<gap 4 ring_full>\\u001ethird\\u001e"/,
  );
});

Deno.test("websocket goes on after a gap at a record that frames fill exactly", () => {
  const session = new Session();
  session.push("response", wsFrame(0x81, "first", false));
  session.parser.gap("response", 0, "ring_full", 4);
  session.push("response", new TextEncoder().encode("the rest of some frame"));
  session.push("response", wsFrame(0x81, "third", false), wsFrame(0x81, "fourth", false));
  session.parser.close("complete", "closed", 9);
  assert.match(session.log.lines()[2] ?? "", /"first\\u001e<gap 0 ring_full>\\u001ethird\\u001efourth\\u001e"/);
});

Deno.test("websocket gives no compressed message whose window was lost", () => {
  const packed = deflateMessages(["one one one", "one one two"]);
  const session = new Session(0, "permessage-deflate");
  session.parser.gap("response", 0, "ring_full", 4);
  session.push("response", ...packed.map((bytes) => wsFrame(0xc1, bytes, false)));
  session.push("response", wsFrame(0x81, "plain", false));
  session.parser.close("complete", "closed", 9);
  assert.match(session.log.lines()[2] ?? "", /"<gap 0 ring_full>\\u001eplain\\u001e"/);
});

Deno.test("websocket stops what is no frame, and ends when it is idle or memory is short", () => {
  const broken = new Session();
  broken.push("response", wsFrame(0xf1, "reserved bits", false));
  assert.equal(broken.parser.evict("memory", 5), true);
  assert.equal(broken.parser.evict("memory", 5), false);
  assert.match(broken.log.lines()[2] ?? "", /truncated frame memory "<gap 0 frame>/);
  const idle = new Session();
  idle.parser.advance(3700e9);
  assert.equal(idle.parser.inFlight, 0);
});

Deno.test("websocket survives damaged sessions", () => runFuzz(websocketFuzz, TEST_INPUTS));
