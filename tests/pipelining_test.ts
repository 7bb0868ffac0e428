/** Clients that send several requests at once, and records that are lost: whose answer is whose. */
import { ok } from "node:assert";
import { createCallStage } from "../core/decode/call_stage.ts";
import { createDecoder, DECODER_DEFAULTS } from "../core/decode/decoder.ts";
import { type RawData, RecordFlag } from "../core/model/raw_capture.ts";
import type { OispEvent } from "../core/model/oisp_event.ts";
import { without } from "./support/lossy_records.ts";
import { type PipelinedOptions, pipelinedRecords } from "./support/pipelined_records.ts";
import { Random } from "./support/random.ts";

const CALLS = 8;
const ROUNDS = 60;
const MANNERS = ["serial", "burst", "window", "any"] as const;

/** Which records of so many are lost. */
type Loss = (records: number, random: Random) => (index: number) => boolean;

const LOSSES: Readonly<Record<string, Loss>> = {
  "one record": (records, random) => {
    const lost = random.below(records);
    return (index) => index === lost;
  },
  "records in a row": (records, random) => {
    const first = random.below(records);
    const end = first + 1 + random.below(4);
    return (index) => index >= first && index < end;
  },
  "a tenth": (records, random) => share(records, 0.1, random),
  "two fifths": (records, random) => share(records, 0.4, random),
};

interface Score {
  right: number;
  /** Given to another request, and said to be likely or in part only. */
  marked: number;
  readonly wrong: string[];
}

Deno.test("whatever records are lost, no answer is said to be another request's for sure, however a client sends", () => {
  for (const manner of MANNERS) {
    for (const [name, loss] of Object.entries(LOSSES)) {
      for (const isTold of [true, false]) {
        const { wrong } = play({ manner }, loss, isTold);
        ok(wrong.length === 0, `${manner}, ${name}${isTold ? "" : ", without the kernel's word"}: ${wrong[0]}`);
      }
    }
  }
});

Deno.test("a lost record costs a client that waits its own call, and nothing is given to a wrong request", () => {
  const { right, marked, wrong } = play({ manner: "serial" }, LOSSES["one record"]!, true);
  ok(wrong.length + marked === 0);
  ok(right > ROUNDS * (CALLS - 1.3), String(right));
});

Deno.test("where answers repeat the names of requests, a lost record costs a client that pipelines few calls", () => {
  for (const manner of ["burst", "window", "any"] as const) {
    const { right, wrong } = play({ manner, hasIds: true }, LOSSES["one record"]!, true);
    ok(wrong.length === 0);
    ok(right > ROUNDS * (CALLS - 2), `${manner}: ${right}`);
  }
});

Deno.test("after a silence a client that pipelines is read again", () => {
  const pauses = { every: 4, seconds: 5 };
  const paused = play({ manner: "burst", depth: 4, framing: "whole", pauses }, LOSSES["one record"]!, true);
  const busy = play({ manner: "burst", depth: 4, framing: "whole" }, LOSSES["one record"]!, true);
  ok(paused.wrong.length + busy.wrong.length === 0);
  ok(paused.right > busy.right * 1.1, `${paused.right} with silences, ${busy.right} without`);
});

Deno.test("joined while requests are under way, a connection gives no answer to a wrong request for sure", () => {
  const loss: Loss = (records, random) => {
    const first = 1 + random.below(records - 1);
    return (index) => index < first;
  };
  for (const manner of MANNERS) {
    const { right, wrong } = play({ manner }, loss, true, RecordFlag.joinedLate);
    ok(wrong.length === 0, `${manner}: ${wrong[0]}`);
    ok(manner !== "serial" || right > ROUNDS * 3, String(right));
  }
});

function play(options: Partial<PipelinedOptions>, loss: Loss, isTold: boolean, flags = 0): Score {
  const score: Score = { right: 0, marked: 0, wrong: [] };
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = new Random(seed * 7919);
    const framing = random.pick(["whole", "cut", "joined"] as const);
    const full = { manner: "any" as const, calls: CALLS, depth: 2 + random.below(3), framing, ...options };
    const all = pipelinedRecords(full, random);
    const isLost = loss(all.length, random);
    const facts = isTold ? without(all, isLost) : all.filter((_, index) => !isLost(index));
    const flagged = facts.map((fact) => ({ ...fact, flags: fact.flags | flags }));
    judge(decode(flagged, isTold), score, `seed ${seed}`);
  }
  return score;
}

function decode(facts: readonly RawData[], isTold: boolean): OispEvent[] {
  const events: OispEvent[] = [];
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "test", createCallStage, isUnordered: !isTold }, {
    draft: ({ event }) => void events.push(event),
    verdict: () => {},
  });
  for (const fact of facts) decoder.raw(fact);
  decoder.close();
  return events;
}

function judge(events: readonly OispEvent[], score: Score, name: string): void {
  const questions = new Map<string, string | undefined>();
  for (const event of events) {
    if (event.event_type === "ai.request") questions.set(event.event_id, numberOf(event.data.messages?.[0]?.content));
    if (event.event_type !== "ai.response") continue;
    const asked = questions.get(event.data.related_event_id ?? "");
    const said = numberOf(event.data.choices?.[0]?.message.content);
    if (asked === undefined || said === undefined) continue;
    const { level, completeness } = event.confidence;
    if (asked === said) score.right++;
    else if (level === "high" && completeness === "full") score.wrong.push(`${name}: ${asked} got the answer ${said}`);
    else score.marked++;
  }
}

function numberOf(text: string | undefined): string | undefined {
  return text?.match(/[qa]\.(\d+)\./)?.[1];
}

function share(records: number, part: number, random: Random): (index: number) => boolean {
  const lost = Array.from({ length: records }, () => random.next() < part);
  return (index) => lost[index] === true;
}
