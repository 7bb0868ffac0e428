import assert from "node:assert/strict";
import * as v from "valibot";
import { OispEventSchema } from "../core/model/event_schema.ts";
import {
  countAnswerBytes,
  countRequestBytes,
  decodeAll,
  decodeCut,
  decodeCutRequest,
  readEvents,
} from "./corpus/actual.ts";
import { compareRecording } from "./corpus/compare.ts";
import { findInvented, findInventedInRequest } from "./corpus/cut.ts";
import { readCorpus } from "./corpus/recording.ts";
import { renderSummary } from "./corpus/summary.ts";
import { testOrSkip } from "./skip.ts";

/** Every so many recordings are cut, at multiples of so many bytes, at most so many times each. */
const SAMPLE = 7;
const CUT_STEP = 97;
const CUTS_PER_RECORDING = 24;

const corpus = await readCorpus();
const missing = corpus === undefined ? "the corpus of recordings is not beside this project" : undefined;

testOrSkip(
  "events state what the corpus' recordings say: nothing wrong, nothing absent without a reason",
  missing,
  () => {
    const recordings = corpus ?? [];
    const events = decodeAll(recordings);
    const judged = recordings.map((recording) => compareRecording(recording, events.get(recording.number) ?? []));
    const outcomes = judged.flat();
    console.log(renderSummary(outcomes));
    console.log(
      `recordings no oracle reads: ${judged.filter((list) => list.length === 0).length} of ${recordings.length}`,
    );
    const bad = outcomes.filter(({ result, reason }) =>
      result === "wrong" || (result === "absent" && reason === undefined)
    );
    const shown = bad.slice(0, 40).map(({ recording, fact, result, expected, actual }) =>
      `#${recording.number} ${recording.url} ${fact} ${result}: expected ${short(expected)}, got ${short(actual)}`
    );
    assert.equal(bad.length, 0, `\n${shown.join("\n")}\n`);
  },
);

testOrSkip("every event of the corpus fits the published schema and survives JSON unchanged", missing, () => {
  const recordings = corpus ?? [];
  for (const [number, events] of decodeAll(recordings)) {
    for (const event of events) {
      const result = v.safeParse(OispEventSchema, event);
      const path = result.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`).join("; ");
      assert.ok(result.success, `#${number} ${recordings[number]?.url} ${event.event_type} ${path}`);
      assert.deepEqual(JSON.parse(JSON.stringify(event)), event, `#${number}`);
    }
  }
});

testOrSkip(
  "an answer cut short invents nothing: what is stated is what the whole answer says, and it is marked",
  missing,
  () => {
    const recordings = corpus ?? [];
    const whole = decodeAll(recordings);
    const problems: string[] = [];
    let cuts = 0;
    for (const recording of recordings.filter(({ number }) => number % SAMPLE === 0)) {
      const full = whole.get(recording.number) ?? [];
      const length = countAnswerBytes(recording);
      const step = Math.max(CUT_STEP, Math.floor(length / CUTS_PER_RECORDING / CUT_STEP) * CUT_STEP);
      for (let at = CUT_STEP; at < length && full.length > 0; at += step) {
        cuts++;
        const events = decodeCut(recording, at);
        const invented = findInvented(readEvents(full), readEvents(events), events);
        if (invented !== undefined) {
          problems.push(
            `#${recording.number} ${recording.url} at ${at} of ${length}: ${invented}`,
          );
        }
      }
    }
    console.log(`${cuts} cuts`);
    assert.equal(problems.length, 0, `\n${problems.slice(0, 30).join("\n")}\n`);
  },
);

testOrSkip("a request cut short invents nothing: what is stated is what the whole request says", missing, () => {
  const recordings = corpus ?? [];
  const whole = decodeAll(recordings);
  const problems: string[] = [];
  let cuts = 0;
  let told = 0;
  for (const recording of recordings.filter(({ number }) => number % SAMPLE === 0)) {
    const full = whole.get(recording.number) ?? [];
    const length = countRequestBytes(recording);
    const step = Math.max(CUT_STEP, Math.floor(length / CUTS_PER_RECORDING / CUT_STEP) * CUT_STEP);
    for (let at = CUT_STEP; at < length && full.length > 0; at += step) {
      cuts++;
      const events = decodeCutRequest(recording, at);
      const facts = readEvents(events);
      if (facts.request_model !== undefined || facts.message_texts !== undefined) told++;
      const invented = findInventedInRequest(readEvents(full), facts, events);
      if (invented !== undefined) {
        problems.push(`#${recording.number} ${recording.url} at ${at} of ${length}: ${invented}`);
      }
    }
  }
  console.log(`${cuts} cuts of requests, ${told} of them tell model or messages`);
  assert.equal(problems.length, 0, `\n${problems.slice(0, 30).join("\n")}\n`);
  assert.ok(told > cuts / 10);
});

function short(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 160);
}
