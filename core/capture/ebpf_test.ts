import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { createFakeLibrary } from "../../ffi/fake_library.ts";
import { collectSource } from "../../tests/support/run_source.ts";
import type { RawCapture, RawData } from "../model/raw_capture.ts";
import { ebpf } from "./ebpf.ts";
import { writeRecord } from "./record_codec.ts";

function fact(seq: number): RawData {
  return {
    kind: "data",
    seq,
    entryNs: seq,
    returnNs: seq + 1,
    tgid: 1,
    tid: 1,
    processKey: 1,
    cgroupId: 0,
    connId: 1,
    direction: 1,
    streamOffset: seq * 10,
    bytes: new TextEncoder().encode(`bytes ${String(seq).padStart(4, "0")}`),
    flags: 0,
    callTotal: 10,
    probeId: 1,
  };
}

Deno.test("records of the library become facts, in order, whatever the batches are", async () => {
  const facts = Array.from({ length: 500 }, (_, seq) => fact(seq));
  for (const recordsPerBatch of [1, 7, 1000]) {
    const library = createFakeLibrary({ records: facts.map(writeRecord), recordsPerBatch });
    const run = await ebpf.open({ sensor: { scope: { wholeMachine: true } }, library });
    equals((await collectSource(run)).facts, facts);
    ok(library.isClosed);
  }
});

Deno.test("a view that is kept longer than the call shows rubbish, which is why sinks copy", async () => {
  const library = createFakeLibrary({ records: [0, 1, 2, 3].map((seq) => writeRecord(fact(seq))), recordsPerBatch: 1 });
  const run = await ebpf.open({ sensor: {}, library });
  const kept: RawCapture[] = [];
  await run.run({ raw: (item) => void kept.push(item), exchange: () => {} });
  const [first] = kept;
  ok(first?.kind === "data" && !new TextDecoder().decode(first.bytes).startsWith("bytes 0000"));
});

Deno.test("stop ends a capture that stays open, and what it still holds is delivered", async () => {
  const library = createFakeLibrary({ records: [writeRecord(fact(0))], staysOpen: true });
  const run = await ebpf.open({ sensor: {}, library });
  let count = 0;
  await run.run({
    raw: () => {
      count++;
      run.stop();
    },
    exchange: () => {},
  });
  is(count, 1);
});

Deno.test("a batch that is no record is a finding, not a crash", async () => {
  const library = createFakeLibrary({
    records: [new Uint8Array(200).fill(3), writeRecord(fact(0))],
    recordsPerBatch: 1,
  });
  const run = await ebpf.open({ sensor: {}, library });
  is((await collectSource(run)).facts.length, 1);
  equals(run.findings().map((finding) => finding.code), ["OISP-FFI-007"]);
});

Deno.test("verdicts reach the library", async () => {
  const library = createFakeLibrary({ records: [] });
  const run = await ebpf.open({ sensor: {}, library });
  run.verdicts([{ connId: 9, level: "heads", sentOffset: 3, reason: "not_ai" }]);
  is(library.verdictBatches.length, 1);
});
