import { deepStrictEqual as equals, ok, rejects, strictEqual as is } from "node:assert";
import type { CaptureRun } from "../capture/source.ts";
import type { ExporterHandle } from "../export/exporter.ts";
import type { RedactedEvent } from "../model/oisp_event.ts";
import type { RawCapture } from "../model/raw_capture.ts";
import type { Verdict } from "../model/verdict.ts";
import { healthRequest, mixedPieces, toRecords } from "../../tests/support/chat_bytes.ts";
import { factSource, runPipeline, runRecords } from "../../tests/support/run_pipeline.ts";
import { createPipeline } from "./pipeline.ts";

const HEADER = { seq: 0, entryNs: 1, returnNs: 1, tgid: 1, tid: 1, processKey: 1, cgroupId: 0, connId: 0 };

/** A destination that notes what is asked of it, in order. */
function destination(write: (events: readonly RedactedEvent[]) => void = () => {}) {
  const log: string[] = [];
  const handle: ExporterHandle = {
    write(events) {
      log.push(`write ${events.length}`);
      write(events);
    },
    flush: () => Promise.resolve(void log.push("flush")),
    close: () => Promise.resolve(void log.push("close")),
    health: () => ({ status: "ok", eventsExported: 0, dropped: {} }),
  };
  return { handle, log };
}

Deno.test("each destination gets its own level, taps get theirs", async () => {
  const seen: Record<string, RedactedEvent[]> = { safe: [], full: [] };
  const destinations = (["safe", "full"] as const).map((mode) => ({
    name: mode,
    mode,
    handle: destination((events) => seen[mode]?.push(...events)).handle,
  }));
  const { events } = await runRecords(toRecords(mixedPieces()), "masked", { destinations });
  for (const [mode, own] of [["safe", seen.safe], ["full", seen.full], ["masked", events]] as const) {
    is(own?.length, 8);
    for (const event of own ?? []) ok(!("redaction" in event.data) || event.data.redaction?.mode === mode);
  }
  ok(!JSON.stringify(seen.safe).includes("first question") && JSON.stringify(seen.full).includes("first question"));
});

Deno.test("at the end everything is written, then flushed, then closed", async () => {
  const { handle, log } = destination();
  await runRecords(toRecords(mixedPieces()), "safe", { destinations: [{ name: "a", mode: "safe", handle }] });
  equals(log.slice(-2), ["flush", "close"]);
  is(log.filter((entry) => entry.startsWith("write")).reduce((sum, entry) => sum + Number(entry.slice(6)), 0), 8);
});

Deno.test("a destination that throws harms no other, and what it refused is counted", async () => {
  const broken = destination(() => {
    throw new Error("bug");
  });
  const fine: RedactedEvent[] = [];
  const { result } = await runRecords(toRecords(mixedPieces()), "safe", {
    destinations: [
      { name: "broken", mode: "safe", handle: broken.handle },
      { name: "fine", mode: "safe", handle: destination((events) => fine.push(...events)).handle },
    ],
  });
  is(fine.length, 8);
  equals(result.stats.losses.output?.items, { broken: 8 });
});

Deno.test("a source that fails still has every stage closed, and the error goes on", async () => {
  const { handle, log } = destination();
  const source: CaptureRun = { ...factSource([]), run: () => Promise.reject(new Error("source")) };
  const pipeline = createPipeline({
    source,
    destinations: [{ name: "a", mode: "safe", handle }],
    collectorVersion: "0",
  });
  await rejects(() => pipeline.run(), /source/);
  is(log.at(-1), "close");
});

Deno.test("the account and the counters of all stages are in the statistics", async () => {
  const account: RawCapture = {
    kind: "account",
    ...HEADER,
    seen: 5,
    captured: 5,
    skipped: {},
    lost: {},
    calls: 1,
    outOfScopeCalls: 2,
    connections: 1,
  };
  const { result } = await runPipeline(factSource([account]));
  is(result.stats.account?.outOfScopeCalls, 2);
  equals(
    Object.keys(result.stats.losses).sort(),
    ["correlate", "decode", "enrich", "output", "pipeline", "redact", "source"],
  );
});

Deno.test("verdicts go back to the source no later than the end of the slice", async () => {
  const verdicts: Verdict[] = [];
  const bytes = healthRequest();
  const data: RawCapture = {
    kind: "data",
    ...HEADER,
    connId: 4,
    direction: 1,
    streamOffset: 0,
    bytes,
    flags: 0,
    callTotal: bytes.length,
    probeId: 0,
  };
  let atSliceEnd = -1;
  const source: CaptureRun = {
    ...factSource([]),
    async run(sink) {
      sink.raw(data);
      await sink.sliceEnd?.();
      atSliceEnd = verdicts.length;
    },
    verdicts: (batch) => void verdicts.push(...batch),
  };
  await runPipeline(source);
  is(atSliceEnd, 1);
  equals([verdicts[0]?.connId, verdicts[0]?.level], [4, "heads"]);
});

Deno.test("a source that can wait waits for slow destinations, a live one does not", async () => {
  for (const [method, waits] of [["recording", true], ["ebpf", false]] as const) {
    const loss = (seq: number): RawCapture => ({
      kind: "coverage",
      ...HEADER,
      seq,
      reason: `reason_${seq}`,
      covered: false,
    });
    const { handle, log } = destination();
    await runPipeline(factSource(Array.from({ length: 3000 }, (_, seq) => loss(seq)), method), "safe", {
      destinations: [{ name: "a", mode: "safe", handle }],
    });
    is(log.filter((entry) => entry === "flush").length, waits ? 3 : 0, method);
  }
});
