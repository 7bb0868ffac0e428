import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import type { RawCapture } from "../model/raw_capture.ts";
import { createRecordCounters, readRecords, writeRecord } from "./record_codec.ts";
import { RECORD_HEADER_BYTES, RecordOffset } from "./record_layout.ts";
import { recordFuzz } from "../../tests/fuzz/capture.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";
import { Random } from "../../tests/support/random.ts";

const HEADER = { seq: 7, entryNs: 12_345_678_901_234, returnNs: 12_345_678_909_999, tgid: 42, tid: 43, processKey: 9 };
const BASE = { ...HEADER, cgroupId: 5_000_000_000, connId: 2 ** 52 + 1 };

const FACTS: readonly RawCapture[] = [
  {
    kind: "data",
    ...BASE,
    direction: 2,
    streamOffset: 2 ** 40 + 3,
    bytes: new TextEncoder().encode("hello"),
    flags: 5,
    callTotal: 70_000,
    probeId: 3,
  },
  { kind: "connection", ...BASE, state: "opened", joinedLate: true, library: "openssl" },
  {
    kind: "connection",
    ...BASE,
    state: "bound",
    local: { ip: "127.0.0.1", port: 5000 },
    remote: { ip: "::1", port: 443 },
    binding: "nested",
  },
  { kind: "connection", ...BASE, state: "closed", sentEnd: 12, receivedEnd: 2 ** 40 },
  {
    kind: "process",
    ...BASE,
    state: "exec",
    ppid: 1,
    parentKey: 3,
    uid: 1000,
    username: "ann",
    exe: "/usr/bin/python3",
    args: ["python3", "a b.py"],
    startNs: 55,
    cgroup: "/user.slice",
  },
  { kind: "process", ...BASE, state: "exit", exitCode: 3 },
  { kind: "loss", ...BASE, reason: "ring_full", lostBytes: 99, direction: 1, streamOffset: 4 },
  { kind: "coverage", ...BASE, reason: "attached", covered: true, exe: "/usr/bin/curl", library: "/lib/libssl.so.3" },
  { kind: "clock", ...BASE, bootNs: 12_345_678_901_999, offsetUs: 1_790_000_000_000_123 },
  { kind: "advance", ...BASE, toNs: 12_345_678_901_234 },
  {
    kind: "account",
    ...BASE,
    seen: 10,
    captured: 7,
    skipped: { not_ai: 2 },
    lost: { ring_full: 1 },
    calls: 4,
    outOfScopeCalls: 5,
    connections: 1,
  },
  { kind: "file", ...BASE, operation: "rename", path: "/a", newPath: "/b" },
  { kind: "dns", ...BASE, name: "example.org", queryType: "A", answers: ["192.0.2.1"], latencyMs: 1.5 },
];

function readAll(bytes: Uint8Array) {
  const facts: RawCapture[] = [];
  const counters = createRecordCounters();
  const read = readRecords(bytes, counters, (fact) => {
    facts.push(fact.kind === "data" ? { ...fact, bytes: fact.bytes.slice() } : fact);
    return true;
  });
  return { facts, counters, read };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("a written record is read back as the same fact, for every kind", () => {
  const { facts, read } = readAll(concat(FACTS.map(writeRecord)));
  equals(facts, FACTS);
  is(read.damage, undefined);
});

Deno.test("a record starts and ends on eight bytes and its header has 96", () => {
  for (const fact of FACTS) {
    const bytes = writeRecord(fact);
    is(bytes.length % 8, 0);
    is(new DataView(bytes.buffer).getUint16(RecordOffset.headerLen, true), RECORD_HEADER_BYTES);
  }
});

Deno.test("a longer header of a later version is skipped", () => {
  const bytes = writeRecord(FACTS[0]!);
  const longer = new Uint8Array(bytes.length + 16);
  longer.set(bytes.subarray(0, 96));
  longer.set(bytes.subarray(96), 112);
  const view = new DataView(longer.buffer);
  view.setUint32(RecordOffset.len, longer.length, true);
  view.setUint16(RecordOffset.headerLen, 112, true);
  equals(readAll(longer).facts, [FACTS[0]]);
});

Deno.test("a kind of a later version is skipped and counted", () => {
  const bytes = concat([writeRecord(FACTS[1]!), writeRecord(FACTS[0]!)]);
  new DataView(bytes.buffer).setUint16(RecordOffset.kind, 999, true);
  const { facts, counters } = readAll(bytes);
  equals(facts, [FACTS[0]]);
  is(counters.unknownKinds, 1);
});

Deno.test("reading stops before a record that is not whole, wherever it is cut", () => {
  const first = writeRecord(FACTS[4]!);
  const bytes = concat([first, writeRecord(FACTS[0]!)]);
  for (let end = 0; end < bytes.length; end++) {
    const { facts, read } = readAll(bytes.subarray(0, end));
    is(read.damage, undefined);
    is(facts.length, end >= first.length ? 1 : 0);
    is(read.consumed, end >= first.length ? first.length : 0);
  }
});

Deno.test("reading stops after the record for which the taker says so", () => {
  const bytes = concat(FACTS.map(writeRecord));
  const counters = createRecordCounters();
  const read = readRecords(bytes, counters, () => false);
  is(counters.records, 1);
  is(read.consumed, writeRecord(FACTS[0]!).length);
});

Deno.test("a length that cannot be is damage", () => {
  for (const len of [0, 8, 95, 101, 64 * 1024 * 1024 + 8, 0xffffffff]) {
    const bytes = writeRecord(FACTS[0]!);
    new DataView(bytes.buffer).setUint32(RecordOffset.len, len, true);
    ok(readAll(bytes).read.damage !== undefined, `len ${len}`);
  }
});

Deno.test("a control payload of wrong types gives no fact, or one without those fields", () => {
  const bytes = writeRecord({ ...FACTS[4]!, uid: "root" } as unknown as RawCapture);
  const { facts } = readAll(bytes);
  ok(!("uid" in facts[0]!));
  const wrong = writeRecord({ ...FACTS[4]!, state: "gone" } as unknown as RawCapture);
  const { facts: none, counters } = readAll(wrong);
  is(none.length, 0);
  is(counters.badPayloads, 1);
});

function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = bytes.slice(0, random.once(3) ? random.below(bytes.length) : bytes.length);
  for (let i = random.below(6); i > 0 && damaged.length > 0; i--) {
    const at = random.below(damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << random.below(8));
  }
  return damaged;
}

Deno.test("5,000 damaged or random blocks of records are read without a throw, to an end", () => {
  const whole = concat(FACTS.map(writeRecord));
  const random = new Random(11);
  for (let i = 0; i < 5000; i++) {
    const bytes = random.once(5) ? random.bytes(random.below(600)) : damage(whole, random);
    const { read, facts } = readAll(bytes);
    ok(read.consumed <= bytes.length);
    for (const fact of facts) ok(Number.isFinite(fact.entryNs) && fact.connId >= 0);
  }
});

Deno.test("records are read as they were written, and survive damage", () => runFuzz(recordFuzz, TEST_INPUTS));
