/** Recordings made under loss, with message heads cut over many records: what live decode told, a replay tells. */
import { deepStrictEqual as equals, ok } from "node:assert";
import { recording } from "../core/capture/recording.ts";
import type { RawData } from "../core/model/raw_capture.ts";
import { createRecordingTap } from "../core/pipeline/recording_tap.ts";
import { chatRequest, chatResponse, chatStream, healthRequest, healthResponse } from "./support/chat_bytes.ts";
import { FactMaker } from "./support/facts.ts";
import { without } from "./support/lossy_records.ts";
import { pipelinedRecords } from "./support/pipelined_records.ts";
import { cut, Random } from "./support/random.ts";
import { MemoryTarget } from "./support/replayed.ts";
import { comparable, factSource, runPipeline } from "./support/run_pipeline.ts";

const ROUNDS = 60;
const SHARES = [0.02, 0.1, 0.3];

Deno.test("a head over many records, and some of them lost: a replay tells what was told live, 360 times", async () => {
  for (const make of [chats, pipelined]) {
    for (const share of SHARES) {
      for (let seed = 1; seed <= ROUNDS; seed++) {
        const { live, replayed, text } = await play(make, share, seed);
        equals(replayed, live, `${make.name}, ${share} lost, seed ${seed}`);
        assertNoSecret(text, `${make.name}, ${share} lost, seed ${seed}`);
      }
    }
  }
});

Deno.test("with requests in between that are no model calls, fewer than one event of a hundred differs in a replay", async () => {
  let [events, different] = [0, 0];
  for (const share of SHARES) {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const { live, replayed, text } = await play(mixed, share, seed);
      const told = new Set(replayed.map((event) => JSON.stringify(event)));
      events += live.length;
      different += live.filter((event) => !told.has(JSON.stringify(event))).length;
      assertNoSecret(text, `${share} lost, seed ${seed}`);
    }
  }
  ok(events > 600 && different * 100 < events, `${different} of ${events}`);
});

async function play(make: (random: Random) => RawData[], share: number, seed: number) {
  const random = new Random(seed * 31 + 7);
  const all = make(random);
  const lost = all.map(() => random.next() < share);
  const target = new MemoryTarget();
  const tap = createRecordingTap(target, { bootId: "boot", host: {} });
  const facts = without(all, (index) => lost[index] === true);
  const live = await runPipeline(factSource(facts), "full", { recorder: tap });
  const replayed = await runPipeline(await recording.open({ from: target.bytes }));
  return { live: comparable(live.events), replayed: comparable(replayed.events), text: target.text };
}

/** Neither a key, in whole or in good part, nor what a request that is no model call was answered. */
function assertNoSecret(text: string, name: string): void {
  ok(!text.includes("Zq4Zq4"), `${name}: a part of a key`);
  ok(!text.includes("private"), `${name}: an answer that is none of a model`);
}

function chats(random: Random): RawData[] {
  return conversation(random, () => false);
}

function mixed(random: Random): RawData[] {
  return conversation(random, () => random.once(2));
}

function pipelined(random: Random): RawData[] {
  const manner = random.pick(["burst", "window", "any"] as const);
  return pipelinedRecords({ manner, calls: 6, depth: 3, framing: "cut" }, random);
}

function conversation(random: Random, isOther: () => boolean): RawData[] {
  const facts = new FactMaker();
  const records: RawData[] = [];
  const add = (arrow: ">" | "<", bytes: Uint8Array, connId: number, seed: number) => {
    for (const piece of cut(bytes, seed)) records.push(facts.data(arrow, piece, { connId }));
  };
  for (const connId of [1, 2]) {
    for (let call = 0; call < 4; call++) {
      const [isHealth, isStream] = [isOther(), random.once(2)];
      const name = `${connId}.${call}`;
      const request = isHealth ? healthRequest(`/h${call}`) : chatRequest(`question ${name}`, { stream: isStream });
      const health = () => [healthResponse("private ".repeat(random.below(60)))];
      const answer = () => isStream ? chatStream([`answer ${name}`]) : [chatResponse(`answer ${name}`)];
      add(">", request, connId, 2 + random.below(1e6));
      for (const bytes of isHealth ? health() : answer()) {
        add("<", bytes, connId, random.once(2) ? 0 : 2 + random.below(1e6));
      }
    }
  }
  return records;
}
