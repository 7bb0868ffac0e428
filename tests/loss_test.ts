import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import type { OispEvent } from "../core/model/oisp_event.ts";
import type { RawCapture } from "../core/model/raw_capture.ts";
import { CALLS, header, lose, records, without } from "./support/lossy_records.ts";
import { Random } from "./support/random.ts";
import { factSource, runPipeline } from "./support/run_pipeline.ts";

function textOf(event: OispEvent): string | undefined {
  if (event.event_type === "ai.request") return event.data.messages?.[0]?.content;
  return event.event_type === "ai.response" ? event.data.choices?.[0]?.message.content : undefined;
}

async function run(facts: readonly RawCapture[]) {
  return (await runPipeline(factSource(facts))).events;
}

Deno.test("without loss every question and answer is there, in full", async () => {
  const events = await run(records());
  is(events.length, CALLS * 4);
  ok(events.every((event) => event.confidence.completeness === "full"));
});

Deno.test("a lost record costs only its own call, is marked, and mixes nothing, wherever it is", async () => {
  const all = records();
  const whole = new Set((await run(all)).map(textOf));
  for (let lost = 0; lost < all.length; lost++) {
    const events = await run(without(all, (index) => index === lost));
    const intact = events.filter((event) => event.confidence.completeness === "full").map(textOf);
    // Nothing that is said to be whole differs from what was sent.
    for (const text of intact) ok(whole.has(text), `record ${lost}: ${text}`);
    // The other connection, and all calls but the one that was hit, are whole.
    ok(intact.length >= CALLS * 4 - 2, `record ${lost}: ${intact.length} of ${CALLS * 4} whole`);
  }
});

Deno.test("a hole is a loss at once; a loss record is published with its reason and bytes", async () => {
  const all = records();
  const lost = all[3]!;
  const facts: RawCapture[] = [
    ...all.slice(0, 3),
    {
      kind: "loss",
      ...header(999, 1),
      reason: "ring_full",
      lostBytes: lost.bytes.length,
      direction: lost.direction,
      streamOffset: lost.streamOffset,
    },
    ...all.slice(4),
  ];
  const events = await run(facts);
  const losses = events.flatMap((event) => event.event_type === "sensor.loss" ? [event.data] : []);
  equals(losses.map(({ reason, bytes, connection_id }) => ({ reason, bytes, connection_id })), [
    { reason: "ring_full", bytes: lost.bytes.length, connection_id: 1 },
  ]);
  ok(
    events.filter((event) => event.confidence.completeness === "full" && textOf(event) !== undefined).length >=
      CALLS * 4 - 2,
  );
});

Deno.test("two lost records in different calls cost those calls", async () => {
  const all = records();
  for (let first = 1; first < all.length; first += 17) {
    for (let second = first + 9; second < all.length; second += 23) {
      const events = await run(without(all, (index) => index === first || index === second));
      for (const event of events) {
        if (event.confidence.completeness !== "full") continue;
        const text = textOf(event);
        ok(text === undefined || /^(question|answer) [12]\.\d$/.test(text), text);
      }
    }
  }
});

Deno.test("whatever is lost, no answer is given to another call's question, and none is put together from two", async () => {
  const random = new Random(20261121);
  let pairs = 0;
  for (const share of [0.05, 0.2, 0.4, 0.6]) {
    for (let round = 0; round < 200; round++) {
      const events = await run(lose(records(round % 2 === 0 ? 64 : 16384), share, random));
      const questions = new Map(events.map((event) => [event.event_id, textOf(event)]));
      for (const event of events) {
        if (event.event_type !== "ai.response") continue;
        const answer = textOf(event) ?? "";
        const question = questions.get(event.data.related_event_id ?? "")?.match(/\d\.\d/)?.[0];
        const said = new Set(answer.match(/\d\.\d/g));
        ok(said.size < 2, `${share} ${round}: ${answer}`);
        if (question === undefined || said.size === 0) continue;
        ok(said.has(question), `${share} ${round}: question ${question}, answer ${answer}`);
        pairs++;
      }
    }
  }
  ok(pairs > 1000, String(pairs));
});
