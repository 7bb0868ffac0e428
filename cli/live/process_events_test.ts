import assert from "node:assert/strict";
import type { RawProcess } from "../../core/model/raw_capture.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import { ProcessEvents, type ProcessFamily } from "./process_events.ts";

function fact(state: RawProcess["state"], tgid: number, more: Partial<RawProcess> = {}): RawProcess {
  const header = { seq: 0, entryNs: 0, returnNs: 0, tid: tgid, processKey: tgid, cgroupId: 0, connId: 0 };
  return { ...header, tgid, kind: "process", state, ...more };
}

function call(events: ProcessEvents, pid: number): void {
  const view = createRedactor({ modes: ["safe"] }).push({
    oisp_version: "0.1",
    event_id: "01M0D73AN04KRCSYHSAXR2JRTT",
    event_type: "ai.request",
    timestamp: "2026-08-19T14:34:12.000000Z",
    confidence: { level: "high", completeness: "full" },
    process: { pid },
    data: {},
  })[0]?.[0];
  assert.ok(view);
  events.observe(view);
}

function isShown(events: ProcessEvents, raw: RawProcess): boolean {
  const marked = events.mark(raw);
  return marked.kind === "process" && marked.isBackground !== true;
}

function start(family: ProcessFamily, isScoped: boolean): ProcessEvents {
  const events = new ProcessEvents(family, isScoped);
  call(events, 100);
  return events;
}

Deno.test("on the whole machine only callers and what they start become events", () => {
  const events = start(true, false);
  assert.equal(isShown(events, fact("exec", 7)), false);
  assert.equal(isShown(events, fact("fork", 7, { childTgid: 8 })), false);
  assert.equal(isShown(events, fact("fork", 100, { childTgid: 101 })), true);
  assert.equal(isShown(events, fact("exec", 101, { ppid: 100 })), true);
  assert.equal(isShown(events, fact("fork", 101, { childTgid: 102 })), true);
  assert.equal(isShown(events, fact("exit", 102)), true);
  assert.equal(isShown(events, fact("exec", 102)), false, "the number may be another process by now");
  assert.equal(isShown(events, fact("exit", 100)), true);
});

Deno.test("in a scope that was asked for every process is an event; all and none mean what they say", () => {
  assert.equal(isShown(start(true, true), fact("exec", 7)), true);
  assert.equal(isShown(start("all", false), fact("exec", 7)), true);
  assert.equal(isShown(start(false, true), fact("exec", 100)), false);
});
