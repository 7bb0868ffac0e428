import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { Buffer } from "node:buffer";
import { recording } from "../core/capture/recording.ts";
import { createRecordingFile, type RecordingTarget } from "../core/capture/recording_file.ts";
import { RecordingFlag } from "../core/capture/recording_header.ts";
import { dataFrame, type Field, frame, HpackWriter, PREFACE, requestFields } from "./support/http2_writer.ts";
import { concat, cut, Random } from "./support/random.ts";
import * as v from "valibot";
import { OispEventSchema } from "../core/model/event_schema.ts";
import { wsFrame, wsUpgrade } from "./support/websocket_writer.ts";
import { createRecordingTap } from "../core/pipeline/recording_tap.ts";
import {
  chatRequest,
  chatResponse,
  chatStream,
  healthRequest,
  healthResponse,
  mixedPieces,
  type Piece,
  SECRET_KEY,
  toRecords,
} from "./support/chat_bytes.ts";
import { type RawCapture, RecordFlag } from "../core/model/raw_capture.ts";
import { lose, records } from "./support/lossy_records.ts";
import { comparable, factSource, runPipeline, runRecords } from "./support/run_pipeline.ts";

/** A recording in memory. */
class MemoryTarget implements RecordingTarget {
  bytes = new Uint8Array();
  #at = 0;
  writeSync(bytes: Uint8Array): number {
    const end = this.#at + bytes.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(end);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes, this.#at);
    this.#at = end;
    return bytes.length;
  }
  seekSync(offset: number, whence: Deno.SeekMode): number {
    return this.#at = whence === Deno.SeekMode.End ? this.bytes.length + offset : offset;
  }
  close(): void {}
  get text(): string {
    return Buffer.from(this.bytes).toString("latin1");
  }
}

async function record(pieces: readonly Piece[]) {
  const target = new MemoryTarget();
  const tap = createRecordingTap(target, { bootId: "records", host: {} });
  const live = await runRecords(toRecords(pieces), "full", { recorder: tap });
  const replayed = await runPipeline(await recording.open({ from: target.bytes }));
  return { target, tap, live: live.events, replayed: replayed.events, findings: replayed.result.findings };
}

Deno.test("a replay gives the same events as the run that was recorded, ids and times included", async () => {
  const { live, replayed, findings } = await record(mixedPieces());
  is(live.filter((event) => event.event_type === "ai.response").length, 4);
  equals(comparable(replayed), comparable(live));
  equals(findings, []);
});

Deno.test("a recording holds no byte of exchanges that are no model calls", async () => {
  const { target, tap } = await record(mixedPieces());
  ok(target.text.includes("fourth question"), "model calls are there");
  for (const word of ["private", "/metrics", "text/plain"]) ok(!target.text.includes(word), word);
  ok((tap.skipped().bytes.not_ai ?? 0) > 16_000);
});

Deno.test("credentials in heads are overwritten, kind and public beginning stay", async () => {
  const { target, replayed } = await record(mixedPieces());
  ok(!target.text.includes(SECRET_KEY.slice(8)));
  ok(!target.text.includes("verysecretcookie"));
  const request = replayed.find((event) => event.event_type === "ai.request");
  equals(request?.event_type === "ai.request" ? request.data.auth : undefined, {
    type: "bearer",
    key_prefix: "sk-proj-",
  });
});

Deno.test("a head that comes byte by byte is masked too, and a key in the address", async () => {
  const bytes = chatRequest("hello", { target: "/v1/chat/completions?key=AIzaSECRETSECRETSECRET&x=1" });
  const pieces: Piece[] = Array.from(
    bytes,
    (byte, index) => ({ conn: 1, dir: "w", bytes: Uint8Array.of(byte), timeNs: 1000 + index }),
  );
  pieces.push({ conn: 1, dir: "r", bytes: chatResponse("hi"), timeNs: 9000 });
  const { target, live, replayed } = await record(pieces);
  is(live.length, 2);
  equals(comparable(replayed), comparable(live));
  ok(!target.text.includes("SECRETSECRET"));
  ok(!target.text.includes("Zq4Zq4"));
});

Deno.test("a connection without any model call leaves nothing", async () => {
  const pieces: Piece[] = [
    { conn: 1, dir: "w", bytes: healthRequest(), timeNs: 1000 },
    { conn: 1, dir: "r", bytes: healthResponse(), timeNs: 2000 },
    { conn: 2, dir: "w", bytes: new TextEncoder().encode("\x16\x03private protocol"), timeNs: 3000, closed: true },
  ];
  const { target, replayed } = await record(pieces);
  ok(!target.text.includes("private") && !target.text.includes("HTTP"));
  is(replayed.length, 0);
});

Deno.test("20 requests that are none before one chat on a connection keep its number", async () => {
  const pieces: Piece[] = [];
  for (let i = 0; i < 20; i++) {
    pieces.push({ conn: 1, dir: "w", bytes: healthRequest("/" + "x".repeat(i)), timeNs: 1000 * i });
    pieces.push({ conn: 1, dir: "r", bytes: healthResponse("y".repeat(i * 700)), timeNs: 1000 * i + 500 });
  }
  pieces.push({ conn: 1, dir: "w", bytes: chatRequest("now"), timeNs: 50_000 });
  pieces.push({ conn: 1, dir: "r", bytes: chatResponse("yes"), timeNs: 60_000 });
  const { live, replayed } = await record(pieces);
  is(live.length, 2);
  equals(comparable(replayed), comparable(live));
});

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

/** Calls and other requests in any order on three connections, in records cut anywhere. */
function randomPieces(seed: number): Piece[] {
  const random = new Random(seed);
  const lanes = [1, 2, 3].map((conn) => {
    const pieces: [("w" | "r"), Uint8Array][] = [];
    for (let i = 1 + random.below(6); i > 0; i--) {
      const isStream = random.once(2);
      if (random.once(2)) {
        pieces.push(["w", healthRequest()], ["r", healthResponse("private ".repeat(random.below(900)))]);
      } else {
        pieces.push(["w", chatRequest(`question ${conn}.${i}`, { stream: isStream })]);
        const answer = isStream ? chatStream(["a", " b"]) : [chatResponse(`answer ${conn}.${i}`)];
        pieces.push(...answer.map((bytes): ["r", Uint8Array] => ["r", bytes]));
      }
    }
    return pieces.flatMap(([dir, bytes]) =>
      cut(bytes, random.once(3) ? 0 : 2 + random.below(1e6)).map((part) => ({ conn, dir, bytes: part }))
    );
  });
  const mixed: Piece[] = [];
  while (lanes.some((lane) => lane.length > 0)) {
    const next = random.pick(lanes.filter((lane) => lane.length > 0)).shift();
    if (next !== undefined) mixed.push({ ...next, timeNs: 1_000_000_000 + mixed.length * 20_000_000 });
  }
  return mixed;
}

Deno.test("any mix of calls and other requests, cut anywhere, is replayed as it was seen live, 300 times", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { target, live, replayed } = await record(randomPieces(seed));
    equals(comparable(replayed), comparable(live), `seed ${seed}`);
    ok(!target.text.includes("private") && !target.text.includes("Zq4Zq4"), `seed ${seed}`);
  }
});

Deno.test("what was lost live is lost in a replay too, and nothing else, 300 times", async () => {
  const random = new Random(7);
  for (let round = 1; round <= 300; round++) {
    const facts = lose(records(round % 2 === 0 ? 400 : 16384), random.pick([0.05, 0.2, 0.5]), random);
    const target = new MemoryTarget();
    const tap = createRecordingTap(target, { bootId: "boot", host: {} });
    const live = await runPipeline(factSource(facts), "full", { recorder: tap });
    const replayed = await runPipeline(await recording.open({ from: target.bytes }));
    equals(comparable(replayed.events), comparable(live.events), `round ${round}`);
  }
});

Deno.test("3,000 damaged recordings run through the whole pipeline: valid events and findings, never a crash", async () => {
  const { target } = await record(mixedPieces());
  const headerBytes = 24 + new DataView(target.bytes.buffer).getUint32(16, true);
  const random = new Random(21);
  for (let i = 0; i < 3000; i++) {
    const bytes = target.bytes.slice(
      0,
      random.once(3) ? headerBytes + random.below(target.bytes.length) : target.bytes.length,
    );
    for (let k = 1 + random.below(8); k > 0; k--) {
      const at = headerBytes + random.below(bytes.length - headerBytes);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    const { events, result } = await runPipeline(await recording.open({ from: bytes }), "safe");
    equals(result.stats.losses.pipeline?.items, {}, `seed 21, input ${i}: a decoder threw`);
    for (const event of events) {
      const checked = v.safeParse(OispEventSchema, event);
      ok(checked.success, `seed 21, input ${i}: ${JSON.stringify(checked.issues?.[0]?.path?.map((item) => item.key))}`);
    }
  }
});

/** What the kernel gives under the verdict `heads`: the first bytes of each call, offsets as of the whole. */
Deno.test("requests of which the kernel copied only the beginning leave nothing and change no id", async () => {
  const header = { tgid: 7, tid: 7, processKey: 7, cgroupId: 0, connId: 3 };
  const facts: RawCapture[] = [];
  const ends = { 1: 0, 2: 0 };
  const add = (direction: 1 | 2, bytes: Uint8Array, copied = bytes.length) => {
    const timeNs = 1_000_000 * (facts.length + 1);
    const flags = copied < bytes.length ? RecordFlag.headsOnly | RecordFlag.truncated : 0;
    facts.push({
      kind: "data",
      ...header,
      seq: facts.length,
      entryNs: timeNs,
      returnNs: timeNs,
      direction,
      streamOffset: ends[direction],
      bytes: bytes.slice(0, copied),
      flags,
      callTotal: bytes.length,
      probeId: 1,
    });
    ends[direction] += bytes.length;
  };
  add(1, healthRequest());
  add(2, healthResponse());
  for (const path of ["/private/a", "/private/b"]) {
    add(1, healthRequest(path + "?" + "x".repeat(300)), 60);
    add(2, healthResponse("private ".repeat(200)), 60);
  }
  add(1, chatRequest("after heads"));
  add(2, chatResponse("answer after heads"));
  add(1, chatRequest("and again"));
  add(2, chatResponse("answer again"));
  const target = new MemoryTarget();
  const tap = createRecordingTap(target, { bootId: "boot", host: {} });
  const live = await runPipeline(factSource(facts), "full", { recorder: tap });
  const replayed = await runPipeline(await recording.open({ from: target.bytes }));
  is(live.events.length, 4);
  equals(comparable(replayed.events), comparable(live.events));
  ok(!target.text.includes("private"));
});

Deno.test("the file is new, its owner's only, and never written through a link", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.oispcap`;
    createRecordingFile(path).close();
    is((await Deno.stat(path)).mode! & 0o777, 0o600);
    await Deno.symlink(`${folder}/target`, `${folder}/link`);
    for (const taken of [path, `${folder}/link`]) {
      try {
        createRecordingFile(taken);
        ok(false, "was created");
      } catch (error) {
        is((error as { exitCode?: number }).exitCode, 73);
      }
    }
    for (
      const [impossible, why] of [["/dev/full", "it is"], [`${folder}/no/x`, "its folder does not exist"]] as const
    ) {
      try {
        createRecordingFile(impossible);
        ok(false, "was created");
      } catch (error) {
        ok(String((error as Error).message).includes(why), String(error));
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
