import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createRecordCounters, readRecords, writeRecord } from "../../core/capture/record_codec.ts";
import { readRecordingHeader, writeRecordingHeader } from "../../core/capture/recording_header.ts";
import {
  createRecordsLine,
  LineTemplate,
  parseRecordsLine,
  type RecordsLine,
} from "../../core/capture/records_line.ts";
import { FindingError } from "../../core/model/finding.ts";
import type { RawCapture } from "../../core/model/raw_capture.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import { concat, damage, type Random } from "../support/random.ts";

const TEXTS = ["", "a", "/usr/bin/x", "ü😀", '"\\', "\ud800", "x".repeat(300)];

/** Records: what was written is read again; damaged and cut ones neither throw nor give bytes twice. */
export const recordFuzz: FuzzTarget = {
  name: "capture records",
  run(random) {
    const facts = Array.from({ length: 1 + random.below(6) }, () => makeFact(random));
    const bytes = concat(facts.map(writeRecord));
    assert.deepEqual(readAll(bytes).facts.map(plain), facts.map(plain));
    const damaged = random.once(3) ? bytes.subarray(0, random.below(bytes.length + 1)) : damage(bytes, random);
    const { consumed } = readAll(damaged);
    assert.ok(consumed <= damaged.length && consumed % 8 === 0);
  },
};

/** Headers of recordings: what was written is read again; anything else is a finding, or asks for more. */
export const recordingHeaderFuzz: FuzzTarget = {
  name: "capture recording header",
  run(random) {
    const header = { flags: random.below(4), bootId: random.pick(TEXTS), host: { hostname: random.pick(TEXTS) } };
    const bytes = writeRecordingHeader(header);
    const read = readRecordingHeader(bytes, "f");
    assert.ok(read.type === "done" && read.headerBytes === bytes.length);
    try {
      const again = readRecordingHeader(damage(bytes, random), "f");
      if (again.type === "done") assert.ok(again.headerBytes >= 24);
    } catch (error) {
      assert.ok(error instanceof FindingError);
    }
  },
};

/** Lines of captured bytes: whatever the template of another line reads, reading the line as JSON gives too. */
export const recordsLineFuzz: FuzzTarget = {
  name: "capture records line",
  run(random) {
    const template = LineTemplate.learn(makeLine(random));
    const text = Buffer.from(damageText(JSON.stringify(makeLine(random)), random)).toString();
    const [scanned, parsed] = [createRecordsLine(), createRecordsLine()];
    const { problem } = parseRecordsLine(text, parsed);
    const end = template?.scan(Buffer.from(text), 0, scanned) ?? -1;
    // Data with escapes is no base64 as it stands: its reader goes back to JSON.
    const line = withData(scanned, Buffer.from(text));
    if (line.data.includes("\\")) return;
    if (end === Buffer.byteLength(text) && problem === undefined) assert.deepEqual(line, withData(parsed, NO_BYTES));
  },
};

const NO_BYTES = Buffer.alloc(0);

/** A line with its data as text, wherever it stood. */
function withData({ dataFrom, dataTo, ...line }: RecordsLine, bytes: Buffer): Omit<RecordsLine, "dataFrom" | "dataTo"> {
  return dataFrom < 0 ? line : { ...line, data: bytes.toString("latin1", dataFrom, dataTo) };
}

function readAll(bytes: Uint8Array): { facts: RawCapture[]; consumed: number } {
  const facts: RawCapture[] = [];
  const { consumed } = readRecords(bytes, createRecordCounters(), (fact) => facts.push(fact) > 0);
  return { facts, consumed };
}

/** Views of a larger block and copies of it are the same bytes. */
function plain(fact: RawCapture): unknown {
  return fact.kind === "data" ? { ...fact, bytes: [...fact.bytes] } : fact;
}

function makeFact(random: Random): RawCapture {
  const whole = () => random.pick([0, 1, 255, 2 ** 31, 2 ** 40 + 1, 2 ** 52 + 1]);
  const header = {
    seq: whole(),
    entryNs: whole(),
    returnNs: whole(),
    tgid: random.below(2 ** 32),
    tid: random.below(2 ** 32),
    processKey: whole(),
    cgroupId: whole(),
    connId: whole(),
  };
  return random.pick<() => RawCapture>([
    () => ({
      kind: "data",
      ...header,
      direction: random.pick([1, 2] as const),
      streamOffset: whole(),
      bytes: random.bytes(random.below(100)),
      flags: random.below(64),
      callTotal: random.below(2 ** 32),
      probeId: random.below(2 ** 16),
    }),
    () => ({ kind: "process", ...header, state: "exec", exe: text(random), args: [text(random), text(random)] }),
    () => ({ kind: "connection", ...header, state: "closed", sentEnd: whole(), receivedEnd: whole() }),
    () => ({ kind: "loss", ...header, reason: "ring_full", lostBytes: whole(), direction: 1, streamOffset: whole() }),
    () => ({ kind: "file", ...header, operation: "write", path: text(random), bytes: whole() }),
    () => ({ kind: "advance", ...header, toNs: whole() }),
  ])();
}

/** Lone surrogates do not survive UTF-8, which is no fault of the record. */
function text(random: Random): string {
  return random.pick(TEXTS).toWellFormed();
}

function makeLine(random: Random): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  const fields: [string, () => unknown][] = [
    ["conn", () => random.pick<unknown>([1, "c", 2 ** 53, "ü", -1])],
    ["dir", () => random.pick(["w", "r", "x"])],
    ["ts_ns", () => random.pick<unknown>([0, 17, 12_345_678_901_234, "9", 1e21])],
    ["data", () => random.pick(["", "aGk=", "a\\"])],
    ["offset", () => random.pick([0, 7, 2 ** 60])],
    ["pid", () => random.below(9)],
    ["tid", () => random.below(9)],
    ["comm", () => random.pick(TEXTS)],
  ];
  const isOrdered = random.once(2);
  for (const [name, value] of fields) {
    if (random.below(6) > 0) line[isOrdered ? name : random.pick(fields)[0]] = value();
  }
  return line;
}

function damageText(line: string, random: Random): string {
  if (random.once(2)) return line;
  const at = random.below(line.length + 1);
  return line.slice(0, at) + random.pick(["", "0", '"', ",", " ", "}", "9".repeat(20)]) +
    line.slice(at + random.below(3));
}
