import { deepStrictEqual as equals, ok, rejects, strictEqual as is, throws } from "node:assert";
import { FindingError } from "../core/model/finding.ts";
import { createFakeLibrary } from "./fake_library.ts";
import { loadLibrary } from "./library.ts";
import { controlLibrary, openSensor } from "./mod.ts";
import { VERDICT_BYTES } from "./verdict_batch.ts";

const OPTIONS = { bufferBytes: 64, timeoutMs: 10, lingerUs: 0 };

function numbered(count: number, bytes = 16): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new Uint8Array(bytes).fill(index));
}

Deno.test("every record arrives once and in order, two buffers in turn, one poll at a time", async () => {
  const fake = createFakeLibrary({ records: numbered(100), recordsPerBatch: 3 });
  const sensor = await openSensor({}, fake, OPTIONS);
  const seen: number[] = [];
  await sensor.drain((records) => {
    for (let at = 0; at < records.length; at += 16) seen.push(records[at]!);
  });
  equals(seen, Array.from({ length: 100 }, (_, index) => index));
  is(fake.mostPolls, 1);
});

Deno.test("a batch stays as it is until take is done with it, and is overwritten afterwards", async () => {
  const fake = createFakeLibrary({ records: numbered(6), recordsPerBatch: 1 });
  const sensor = await openSensor({}, fake, OPTIONS);
  const kept: Uint8Array[] = [];
  let count = 0;
  await sensor.drain(async (records) => {
    kept.push(records);
    await new Promise((resolve) => setImmediate(resolve));
    is(records[0], count++);
  });
  ok(kept[0]![0] !== 0, "a view that was kept shows other bytes");
});

Deno.test("a record larger than the buffer makes the buffer grow", async () => {
  const fake = createFakeLibrary({ records: [...numbered(2), new Uint8Array(500).fill(9), ...numbered(1)] });
  const sensor = await openSensor({}, fake, OPTIONS);
  let bytes = 0;
  await sensor.drain((records) => void (bytes += records.length));
  is(bytes, 16 * 3 + 500);
});

Deno.test("shutdown ends the drain, close frees the engine", async () => {
  const fake = createFakeLibrary({ records: numbered(1), staysOpen: true });
  const sensor = await openSensor({}, fake, OPTIONS);
  const ended = sensor.drain(() => sensor.shutdown());
  await ended;
  await sensor.close();
  await sensor.close();
  ok(fake.isClosed);
});

Deno.test("an error of take ends the drain with no call left running", async () => {
  const fake = createFakeLibrary({ records: numbered(9), recordsPerBatch: 1 });
  const sensor = await openSensor({}, fake, OPTIONS);
  await rejects(() =>
    sensor.drain(() => {
      throw new Error("taker");
    }), /taker/);
});

Deno.test("the configuration is written in snake case, absent values left out", async () => {
  const fake = createFakeLibrary({ records: [] });
  await openSensor({ scope: { wholeMachine: true, pids: [3] }, serverSide: false }, fake);
  equals(fake.configs, ['{"scope":{"whole_machine":true,"pids":[3]},"server_side":false}']);
});

Deno.test("verdicts become a binary batch", async () => {
  const fake = createFakeLibrary({ records: [] });
  const sensor = await openSensor({}, fake);
  sensor.verdicts([
    { connId: 2 ** 40 + 5, level: "stop", sentOffset: 7, reason: "not_http" },
    { connId: 1, level: "heads", sentOffset: 2 ** 33, reason: "not_ai" },
  ]);
  sensor.verdicts([]);
  is(fake.verdictBatches.length, 1);
  const view = new DataView(fake.verdictBatches[0]!.buffer);
  equals([view.getBigUint64(0, true), view.getBigUint64(8, true), view.getUint32(16, true)], [2n ** 40n + 5n, 7n, 2]);
  equals(view.getBigUint64(VERDICT_BYTES + 8, true), 2n ** 33n);
  is(view.getUint32(VERDICT_BYTES + 16, true), 1);
});

Deno.test("control operations give their reply, or a finding with the library's words", async () => {
  const fake = createFakeLibrary({
    records: [],
    control: (request) => request.op === "doctor" ? { fine: 1 } : undefined,
  });
  equals(await controlLibrary(fake, "doctor"), { fine: 1 });
  await rejects(
    () => controlLibrary(fake, "open_as_user", { path: "/x" }),
    (error: Error) => error instanceof FindingError && error.findings[0]?.why === "unknown operation",
  );
});

Deno.test("a capture that is refused is a finding with exit code 77 and the library's reason", async () => {
  const fake = createFakeLibrary({ records: [], openError: "no CAP_BPF" });
  await rejects(
    () => openSensor({}, fake),
    (error: Error) => error instanceof FindingError && error.exitCode === 77 && error.findings[0]?.why === "no CAP_BPF",
  );
});

Deno.test("a library of another version is a finding with exit code 69", async () => {
  const fake = createFakeLibrary({ records: [], abiVersion: 7 });
  await rejects(() => openSensor({}, fake), (error: Error) => error instanceof FindingError && error.exitCode === 69);
});

Deno.test("a file that is no library is a finding, not a stack trace", () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, "not an ELF file");
    throws(() => loadLibrary(path), (error: Error) => error instanceof FindingError && error.exitCode === 69);
    throws(() => loadLibrary("/nonexistent.so"), (error: Error) => error instanceof FindingError);
  } finally {
    Deno.removeSync(path);
  }
});
