import { recordingHeaderFuzz } from "../../tests/fuzz/capture.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";
import { deepStrictEqual as equals, ok, rejects, strictEqual as is } from "node:assert";
import { collectSource } from "../../tests/support/run_source.ts";
import { Random } from "../../tests/support/random.ts";
import { FindingError } from "../model/finding.ts";
import type { RawCapture } from "../model/raw_capture.ts";
import { writeRecord } from "./record_codec.ts";
import { recording } from "./recording.ts";
import { RecordingFlag, writeRecordingHeader } from "./recording_header.ts";

const BASE = { seq: 1, entryNs: 5, returnNs: 6, tgid: 1, tid: 1, processKey: 1, cgroupId: 0, connId: 3 };
const HEADER = {
  flags: RecordingFlag.containsPlaintext,
  bootId: "boot-1",
  host: { hostname: "box", kernelVersion: "6.1" },
  libraryVersion: "0.1.0",
  createdUs: 1_790_000_000_000_000,
};
const FACTS: readonly RawCapture[] = [
  { kind: "clock", ...BASE, bootNs: 5000, offsetUs: 1_790_000_000_000_000 },
  { kind: "connection", ...BASE, state: "opened" },
  {
    kind: "data",
    ...BASE,
    direction: 1,
    streamOffset: 0,
    bytes: new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
    flags: 0,
    callTotal: 18,
    probeId: 1,
  },
  { kind: "advance", ...BASE, toNs: 6 },
];

function file(facts: readonly RawCapture[] = FACTS): Uint8Array {
  const parts = [writeRecordingHeader(HEADER), ...facts.map(writeRecord)];
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

async function read(bytes: Uint8Array) {
  const run = await recording.open({ from: bytes });
  return { ...await collectSource(run), run };
}

Deno.test("a recording gives back its header and its facts", async () => {
  const { facts, run } = await read(file());
  equals(facts, FACTS);
  const { version: _, ...header } = run.header;
  equals(header, HEADER);
  is(run.info.bootId, "boot-1");
  equals(run.info.host, HEADER.host);
  equals(run.findings(), []);
});

Deno.test("a file cut anywhere gives its whole records and says that it was cut", async () => {
  const whole = file();
  const headerBytes = writeRecordingHeader(HEADER).length;
  for (let end = 0; end < whole.length; end += 7) {
    if (end < headerBytes) {
      await rejects(
        () => read(whole.subarray(0, end)),
        (error: Error) => error instanceof FindingError && error.exitCode === 65,
      );
      continue;
    }
    const { facts, run } = await read(whole.subarray(0, end));
    equals(facts, FACTS.slice(0, facts.length));
    const isWhole = headerBytes + FACTS.slice(0, facts.length).reduce((sum, fact) =>
          sum + writeRecord(fact).length, 0) === end;
    equals(run.findings().map((finding) => finding.code), isWhole ? [] : ["OISP-REC-003"]);
  }
});

Deno.test("a damaged length ends the reading and says where", async () => {
  const bytes = file();
  const headerBytes = writeRecordingHeader(HEADER).length;
  const second = headerBytes + writeRecord(FACTS[0]!).length;
  bytes[second] = 3;
  const { facts, run } = await read(bytes);
  is(facts.length, 1);
  is(run.findings()[0]?.code, "OISP-REC-002");
  ok(run.findings()[0]?.what.includes(`byte ${second}`));
});

Deno.test("other files and later versions are refused with exit code 65", async () => {
  const later = file();
  later[8] = 2;
  for (const bytes of [new Uint8Array(), new TextEncoder().encode('{"conn":1}'), later]) {
    await rejects(() => read(bytes), (error: Error) => error instanceof FindingError && error.exitCode === 65);
  }
});

Deno.test("4,000 damaged or random files give facts, findings or exit code 65, never a crash", async () => {
  const random = new Random(12);
  const whole = file();
  for (let i = 0; i < 4000; i++) {
    const bytes = random.once(10)
      ? random.bytes(random.below(400))
      : whole.slice(0, random.once(3) ? random.below(whole.length) : whole.length);
    for (let k = random.below(4); k > 0 && bytes.length > 0; k--) {
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    }
    try {
      await read(bytes);
    } catch (error) {
      ok(error instanceof FindingError && error.exitCode === 65, String(error));
    }
  }
});

Deno.test("headers of recordings survive damage", () => runFuzz(recordingHeaderFuzz, TEST_INPUTS));
