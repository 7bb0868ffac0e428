import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { Buffer } from "node:buffer";
import { recording } from "../core/capture/recording.ts";
import { RecordingFlag } from "../core/capture/recording_header.ts";
import { dataFrame, type Field, frame, HpackWriter, PREFACE, requestFields } from "./support/http2_writer.ts";
import { concat } from "./support/random.ts";
import { wsFrame, wsUpgrade } from "./support/websocket_writer.ts";
import { type Piece, SECRET_KEY } from "./support/chat_bytes.ts";
import { comparable } from "./support/run_pipeline.ts";
import { record } from "./support/replayed.ts";

Deno.test("an HTTP/2 connection with a model call is recorded whole, which the header says", async () => {
  const encoder = new TextEncoder();
  const [client, server] = [new HpackWriter(), new HpackWriter()];
  const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "over two" }] });
  const answer = JSON.stringify({
    choices: [{ index: 0, message: { role: "assistant", content: "yes" }, finish_reason: "stop" }],
  });
  const fields = (method: string, path: string) =>
    requestFields(method, path, [["authorization", `Bearer ${SECRET_KEY}`]]).map(([name, value]): Field =>
      name === ":authority" ? [name, "api.openai.com"] : [name, value]
    );
  const status: Field[] = [[":status", "200"], ["content-type", "application/json"]];
  const pieces: [("w" | "r"), Uint8Array][] = [
    ["w", concat([PREFACE, frame(4, 0, 0)])],
    ["r", frame(4, 0, 0)],
    ["w", client.headers(1, fields("GET", "/health"), true)],
    ["r", concat([server.headers(1, status, false), dataFrame(1, "fine", true)])],
    [
      "w",
      concat([
        client.headers(3, fields("POST", "/v1/chat/completions"), false),
        dataFrame(3, encoder.encode(body), true),
      ]),
    ],
    ["r", concat([server.headers(3, status, false), dataFrame(3, encoder.encode(answer), true)])],
    ["w", client.headers(5, fields("GET", "/health"), true)],
  ];
  const { target, live, replayed } = await record(
    pieces.map(([dir, bytes], index): Piece => ({ conn: 1, dir, bytes, timeNs: 1_000_000 * (index + 1) })),
  );
  equals(live.map((event) => event.event_type), ["ai.request", "ai.response"]);
  equals(comparable(replayed), comparable(live));
  const { header } = await recording.open({ from: target.bytes });
  is(header.flags, RecordingFlag.containsPlaintext | RecordingFlag.containsHttp2Credentials);
});

Deno.test("an HTTP/2 connection without any model call leaves nothing", async () => {
  const client = new HpackWriter();
  const { target } = await record([
    { conn: 1, dir: "w", bytes: concat([PREFACE, frame(4, 0, 0)]), timeNs: 1000 },
    { conn: 1, dir: "w", bytes: client.headers(1, requestFields("GET", "/private"), true), timeNs: 2000 },
  ]);
  ok(!target.text.includes("private") && !target.text.includes("PRI *"));
});

Deno.test("a WebSocket with model calls is recorded from its upgrade on", async () => {
  const upgrade = wsUpgrade();
  const request = Buffer.from(upgrade.request).toString().replace(
    "Host: h\r\n",
    `Host: api.openai.com\r\nAuthorization: Bearer ${SECRET_KEY}\r\n`,
  );
  const create = JSON.stringify({ type: "response.create", response: {} });
  const done = JSON.stringify({
    type: "response.done",
    response: {
      id: "resp_1",
      status: "completed",
      output: [{ type: "message", role: "assistant", content: [{ type: "text", text: "spoken" }] }],
      usage: { total_tokens: 3, input_tokens: 1, output_tokens: 2 },
    },
  });
  const { target, live, replayed } = await record([
    { conn: 1, dir: "w", bytes: new TextEncoder().encode(request), timeNs: 1_000_000 },
    { conn: 1, dir: "r", bytes: upgrade.response, timeNs: 2_000_000 },
    { conn: 1, dir: "w", bytes: wsFrame(0x81, create, true), timeNs: 3_000_000 },
    { conn: 1, dir: "r", bytes: wsFrame(0x81, done, false), timeNs: 4_000_000 },
  ]);
  ok(live.some((event) => event.event_type === "ai.response"), "the call is decoded");
  equals(comparable(replayed), comparable(live));
  ok(!target.text.includes(SECRET_KEY.slice(8)));
});
