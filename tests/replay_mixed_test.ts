import { deepStrictEqual as equals, ok } from "node:assert";
import { recording } from "../core/capture/recording.ts";
import { cut, Random } from "./support/random.ts";
import * as v from "valibot";
import { OispEventSchema } from "../core/model/event_schema.ts";
import { createRecordingTap } from "../core/pipeline/recording_tap.ts";
import {
  chatRequest,
  chatResponse,
  chatStream,
  healthRequest,
  healthResponse,
  mixedPieces,
  type Piece,
} from "./support/chat_bytes.ts";
import { lose, records } from "./support/lossy_records.ts";
import { comparable, factSource, runPipeline } from "./support/run_pipeline.ts";
import { MemoryTarget, record } from "./support/replayed.ts";

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
