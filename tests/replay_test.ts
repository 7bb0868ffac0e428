import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { recording } from "../core/capture/recording.ts";
import { createRecordingFile } from "../core/capture/recording_file.ts";
import { createRecordingTap } from "../core/pipeline/recording_tap.ts";
import {
  chatRequest,
  chatResponse,
  healthRequest,
  healthResponse,
  mixedPieces,
  type Piece,
  SECRET_KEY,
} from "./support/chat_bytes.ts";
import { type RawCapture, RecordFlag } from "../core/model/raw_capture.ts";
import { comparable, factSource, runPipeline } from "./support/run_pipeline.ts";
import { MemoryTarget, record } from "./support/replayed.ts";

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
