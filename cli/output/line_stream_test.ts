import assert from "node:assert/strict";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import { LineStream } from "./line_stream.ts";

function event(n: number): RedactedEvent {
  const [views] = createRedactor({ modes: ["safe"] }).push({
    oisp_version: "0.1",
    event_id: "01M0D73AN04KRCSYHSAXR2JRTT",
    event_type: "sensor.loss",
    timestamp: "2026-08-19T14:34:12.000000Z",
    confidence: { level: "high", completeness: "full" },
    data: { reason: "ring_full", items: n },
  });
  const first = views?.[0];
  assert.ok(first);
  return first;
}

const render = (item: RedactedEvent) => item.event_type === "sensor.loss" ? String(item.data.items) : "?";

Deno.test("a line stream writes every event once and in order, however slow the reader is", async () => {
  let text = "";
  const target = {
    async write(bytes: Uint8Array) {
      await Promise.resolve();
      text += new TextDecoder().decode(bytes);
    },
    close() {},
  };
  const stream = new LineStream({ target, render });
  for (let i = 0; i < 50; i++) {
    stream.write([event(2 * i), event(2 * i + 1)]);
    if (i % 7 === 0) await Promise.resolve();
  }
  await stream.flush();
  assert.equal(text, Array.from({ length: 100 }, (_, i) => `${i}\n`).join(""));
  assert.deepEqual(stream.health(), { status: "ok", eventsExported: 100, dropped: {} });
  await stream.close(10);
});

Deno.test("a reader that is gone ends the stream without an error", async () => {
  let end: boolean | undefined;
  const target = { write: () => Promise.reject(new Deno.errors.BrokenPipe("x")), close() {} };
  const stream = new LineStream({ target, render, onEnd: (isBrokenPipe) => end = isBrokenPipe });
  stream.write([event(1)]);
  await stream.flush();
  stream.write([event(2)]);
  assert.equal(end, true);
  assert.deepEqual(stream.health(), { status: "ok", eventsExported: 0, dropped: { closed: 2 } });
});

Deno.test("a write that fails is told, and what follows is counted", async () => {
  const stream = new LineStream({
    target: { write: () => Promise.reject(new Error("disk full")), close() {} },
    render,
  });
  stream.write([event(1), event(2)]);
  await stream.flush();
  assert.deepEqual(stream.health(), {
    status: "failed",
    eventsExported: 0,
    dropped: { write_failed: 2 },
    lastError: "disk full",
  });
});
