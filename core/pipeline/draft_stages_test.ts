import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import type { Correlator } from "../correlate/correlator.ts";
import type { Enricher } from "../enrich/enricher.ts";
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { OispEvent } from "../model/oisp_event.ts";
import { createRedactor, type RedactedViews } from "../redact/redactor.ts";
import { DraftStages } from "./draft_stages.ts";
import { ProcessTable } from "./process_table.ts";

const CONTEXT: StoryContext = { processes: new ProcessTable(), host: {}, bootId: "b", clockOffsetUs: 0 };

function draft(eventId: string): DraftEvent {
  const event: OispEvent = {
    oisp_version: "0.1",
    event_id: eventId,
    event_type: "sensor.loss",
    timestamp: "2026-11-21T10:00:00.000000Z",
    confidence: { level: "high", completeness: "full" },
    data: { reason: "ring_full" },
  };
  return { event, timeNs: 1, processKey: 1 };
}

function enricher(id: string, enrich: Enricher["enrich"]): Enricher {
  return { id, summary: id, stability: "stable", enrich };
}

function story(id: string, push: (draft: DraftEvent) => readonly DraftEvent[]): Correlator {
  const create = () => ({ push, advance: () => [draft("advanced")], close: () => [draft("closed")] });
  return { id, summary: id, stability: "stable", create };
}

function stages(enrichers: readonly Enricher[], correlators: readonly Correlator[]) {
  const events: OispEvent[] = [];
  const made = new DraftStages({
    enrichers,
    correlators,
    redactor: createRedactor({ modes: ["safe"] }),
    context: CONTEXT,
    emit: (views: RedactedViews) => events.push(...views),
  });
  return { made, events, ids: () => events.map((event) => event.event_id) };
}

Deno.test("an event leaves after every story saw it and before what they made of it, which later stories see too", () => {
  const { made, ids, events } = stages([
    enricher("first", (item) => void (item.event.attrs = { seen: ["first"] })),
  ], [
    story("a", (item) => [draft(`${item.event.event_id}-a`)]),
    story("b", (item) => {
      item.event.related_events = [{ event_id: "x", relationship: "related" }];
      return [draft(`${item.event.event_id}-b`)];
    }),
  ]);
  made.draft(draft("1"));
  equals(ids(), ["1", "1-a", "1-b", "1-a-b"]);
  equals(events[0]?.related_events?.length, 1);
});

Deno.test("a plug-in that throws is counted, and the event goes on without it", () => {
  const { made, ids } = stages([
    enricher("broken", () => {
      throw new Error("bug");
    }),
    enricher("fine", (item) => void (item.event.attrs = { fine: true })),
  ], [
    story("bad", () => {
      throw new Error("bug");
    }),
    story("good", () => [draft("2")]),
  ]);
  made.draft(draft("1"));
  equals(ids(), ["1", "2"]);
  equals(made.enrichFailures.items, { broken: 1 });
  equals(made.correlateFailures.items, { bad: 1 });
});

Deno.test("an event whose redaction throws is dropped and counted", () => {
  const { made, ids } = stages([], []);
  const unreadable = draft("1");
  Object.defineProperty(unreadable.event, "data", {
    enumerable: true,
    get() {
      throw new Error("bug");
    },
  });
  made.draft(unreadable);
  made.draft(draft("2"));
  equals(ids(), ["2"]);
  equals(made.redactFailures.items, { "sensor.loss": 1 });
});

Deno.test("time and the end bring events, too", () => {
  const { made, ids } = stages([], [story("a", () => [])]);
  made.advance(5);
  made.close();
  equals(ids(), ["advanced", "closed"]);
});

Deno.test("a forked program run has its parent's facts, an exec its own, and the oldest are forgotten", () => {
  const table = new ProcessTable();
  const header = { seq: 0, entryNs: 0, returnNs: 0, tid: 5, cgroupId: 1, connId: 0 };
  const state = { kind: "process", ...header } as const;
  table.take({ ...state, state: "seen", tgid: 5, processKey: 1, exe: "/bin/sh", uid: 7, startNs: 3 });
  table.take({ ...state, state: "fork", tgid: 5, processKey: 1, childTgid: 6, childKey: 2 });
  table.take({ ...state, state: "exec", tgid: 6, processKey: 3, exe: "/usr/bin/curl", parentKey: 2 });
  equals(table.find(2), { tid: 6, cgroupId: 1, tgid: 6, ppid: 5, parentKey: 1, processKey: 2, exe: "/bin/sh", uid: 7 });
  is(table.find(3)?.exe, "/usr/bin/curl");
  for (let key = 10; key < 10 + 40_000; key++) table.take({ ...state, state: "seen", tgid: key, processKey: key });
  ok(table.size <= 32_768 && table.find(40_009) !== undefined);
  is(table.find(1), undefined);
});
