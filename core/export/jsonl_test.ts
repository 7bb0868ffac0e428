import assert from "node:assert/strict";
import * as v from "valibot";
import type { OispEvent, RedactedEvent } from "../model/oisp_event.ts";
import { FindingError } from "../model/finding.ts";
import type { ExportContext, ExporterHandle } from "./exporter.ts";
import { type FileOpener, processFiles } from "./file_opener.ts";
import { jsonl } from "./jsonl.ts";
import { EXPORTERS } from "./registry.ts";

/** Events for tests are made here; only tests may claim that something was redacted. */
function events(count: number, size = 1): RedactedEvent[] {
  return Array.from({ length: count }, (_, index): OispEvent => ({
    oisp_version: "0.1",
    event_id: "01HQXYZ0000000000000000000",
    timestamp: "2026-11-21T10:00:00.000123Z",
    confidence: { level: "high", completeness: "full" },
    event_type: "process.fork",
    data: { pid: index, child_pid: 1 },
    attrs: { pad: "x".repeat(size) },
  })) as unknown as RedactedEvent[];
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const nowhere = { write: (bytes: Uint8Array): Promise<number> => Promise.resolve(bytes.length) };

function open(options: Record<string, unknown>, context: Partial<ExportContext> = {}): Promise<ExporterHandle> {
  return jsonl.open(v.parse(jsonl.configSchema, options), { files: processFiles, stdout: nowhere, ...context });
}

function readPids(path: string): number[] {
  const lines = Deno.readTextFileSync(path).split("\n");
  assert.equal(lines.pop(), "", "ends with a line end");
  return lines.map((line) => JSON.parse(line).data.pid);
}

Deno.test("jsonl appends one event a line, in order, readable by its owner alone", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.jsonl`;
    for (const round of [1, 2]) {
      const handle = await open({ path });
      handle.write(events(3));
      await handle.flush();
      assert.deepEqual(handle.health(), { status: "ok", eventsExported: 3, dropped: {} });
      await handle.close(100);
      assert.equal(readPids(path).length, 3 * round);
    }
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("jsonl with append = false starts anew and leaves the old file to those who read it", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.jsonl`;
    Deno.writeTextFileSync(path, "old\n");
    using old = Deno.openSync(path, { read: true });
    const handle = await open({ path, append: false });
    handle.write(events(2));
    await handle.close(100);
    assert.deepEqual(readPids(path), [0, 1]);
    assert.equal(old.statSync().size, 4);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["events.jsonl"]);
  }));

Deno.test("jsonl with append = false replaces a link instead of following it", () =>
  withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/target`, "precious");
    Deno.symlinkSync(`${folder}/target`, `${folder}/events.jsonl`);
    const handle = await open({ path: `${folder}/events.jsonl`, append: false });
    handle.write(events(1));
    await handle.close(100);
    assert.equal(Deno.readTextFileSync(`${folder}/target`), "precious");
  }));

Deno.test("jsonl refuses only what is no regular file, with a finding", () =>
  withFolder(async (folder) => {
    for (const path of [folder, "/dev/null", `${folder}/missing/events.jsonl`]) {
      await assert.rejects(open({ path }), (error) => error instanceof FindingError && error.exitCode === 73);
    }
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await assert.rejects(open({ path: `${folder}/pipe` }), FindingError);
  }));

Deno.test("jsonl ends the line that an earlier writer left open", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.jsonl`;
    Deno.writeTextFileSync(path, '{"cut":');
    const handle = await open({ path });
    handle.write(events(1));
    await handle.close(100);
    const lines = Deno.readTextFileSync(path).split("\n");
    assert.equal(lines[0], '{"cut":');
    assert.equal(JSON.parse(lines[1] ?? "").data.pid, 0);
  }));

Deno.test("jsonl rotates by size, keeps the given number of files and loses no event among them", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.jsonl`;
    const handle = await open({ path, rotate_size_mb: 0.01, rotate_count: 3, flush_each: true });
    for (const event of events(60, 1000)) handle.write([event]);
    await handle.close(100);
    const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
    assert.deepEqual(names, ["events.jsonl", "events.jsonl.1", "events.jsonl.2", "events.jsonl.3"]);
    for (const name of names) assert.ok(Deno.statSync(`${folder}/${name}`).size <= 0.01 * 1024 * 1024);
    const kept = ["3", "2", "1", ""].map((n) => n === "" ? path : `${path}.${n}`).flatMap(readPids);
    assert.deepEqual(kept, Array.from({ length: kept.length }, (_, i) => 60 - kept.length + i));
  }));

Deno.test("jsonl with rotate_count = 0 starts the file anew", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.jsonl`;
    const handle = await open({ path, rotate_size_mb: 0.01, rotate_count: 0, flush_each: true });
    handle.write(events(30, 1000));
    await handle.close(100);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["events.jsonl"]);
    assert.equal(readPids(path).at(-1), 29);
  }));

Deno.test("jsonl writes indented events with pretty", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.json`;
    const handle = await open({ path, pretty: true });
    handle.write(events(1));
    await handle.close(100);
    assert.ok(Deno.readTextFileSync(path).startsWith('{\n  "oisp_version": "0.1",\n'));
  }));

Deno.test("jsonl writes events larger than its buffer whole", () =>
  withFolder(async (folder) => {
    const path = `${folder}/events.jsonl`;
    const handle = await open({ path });
    handle.write([...events(1, 10), ...events(1, 400_000), ...events(1, 10)]);
    await handle.close(100);
    assert.equal(readPids(path).length, 3);
  }));

Deno.test("a closed pipe ends the destination and aborts its signal", async () => {
  const stdout = { write: (): Promise<number> => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")) };
  const handle = await open({ path: "-" }, { stdout });
  handle.write(events(5));
  await handle.flush();
  assert.equal(handle.ended?.aborted, true);
  handle.write(events(2));
  assert.deepEqual(handle.health(), {
    status: "failed",
    eventsExported: 0,
    dropped: { reader_gone: 7 },
    lastError: "Broken pipe",
  });
  await handle.close(10);
});

Deno.test("a reader that stands still stops nothing: the oldest events are dropped and counted", async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => release = resolve);
  const written: string[] = [];
  const stdout = {
    async write(bytes: Uint8Array): Promise<number> {
      await gate;
      written.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  };
  const handle = await open({ path: "-", queue_events: 10 }, { stdout });
  handle.write(events(1));
  handle.write(events(100).slice(1));
  assert.equal(handle.health().dropped.queue_full, 89);
  release();
  await handle.close(1000);
  const pids = written.join("").trim().split("\n").map((line) => JSON.parse(line).data.pid);
  assert.deepEqual(pids, [0, ...Array.from({ length: 10 }, (_, i) => 90 + i)]);
  assert.equal(handle.health().eventsExported, 11);
});

Deno.test("closing gives up after its budget and counts what is left", async () => {
  const stdout = { write: (): Promise<number> => new Promise(() => {}) };
  const handle = await open({ path: "-" }, { stdout });
  handle.write(events(1));
  handle.write(events(4));
  await handle.close(5);
  await handle.close(5);
  assert.deepEqual(handle.health().dropped, { shutdown: 4 });
});

Deno.test("short writes of a stream are continued", async () => {
  let text = "";
  const stdout = {
    write(bytes: Uint8Array): Promise<number> {
      text += new TextDecoder().decode(bytes.subarray(0, 7));
      return Promise.resolve(Math.min(7, bytes.length));
    },
  };
  const handle = await open({ path: "-" }, { stdout });
  handle.write(events(2));
  await handle.close(1000);
  assert.equal(text.trim().split("\n").length, 2);
});

Deno.test("a full disk degrades the destination, and events that come later are whole lines again", async () => {
  let text = "";
  let isFull = false;
  const files: FileOpener = {
    ...processFiles,
    openAppend: () => ({
      sizeBytes: 0,
      hasPartialLine: false,
      writeSync(bytes) {
        if (!isFull) text += new TextDecoder().decode(bytes);
        else if (text.endsWith("\n")) return (text += "{", 1);
        else throw new Error("No space left on device (os error 28)");
        return bytes.length;
      },
      close() {},
    }),
  };
  const handle = await open({ path: "/full" }, { files });
  handle.write(events(1));
  isFull = true;
  handle.write(events(1));
  assert.equal(handle.health().status, "degraded");
  assert.deepEqual(handle.health().dropped, { write_failed: 1 });
  isFull = false;
  handle.write(events(1));
  assert.equal(handle.health().status, "ok");
  const lines = text.trim().split("\n");
  assert.equal(lines[1], "{");
  assert.equal(JSON.parse(lines[2] ?? "").data.pid, 0);
  await handle.close(10);
});

Deno.test("the configuration example of the export page is read as printed", () => {
  const config = v.parse(jsonl.configSchema, {
    enabled: true,
    path: "/var/log/oisp/events.jsonl",
    append: true,
    pretty: false,
    flush_each: true,
    rotate_size_mb: 100,
    rotate_count: 5,
  });
  assert.equal(config.rotate_count, 5);
  assert.throws(() => v.parse(jsonl.configSchema, { rotate_count: -1 }));
  assert.throws(() => v.parse(jsonl.configSchema, { colour: "red" }));
});

Deno.test("exporters have unique ids and check their options", async () => {
  assert.equal(new Set(EXPORTERS.map((exporter) => exporter.id)).size, EXPORTERS.length);
  for (const exporter of EXPORTERS) {
    await assert.rejects(async () => await exporter.open({ no_such_key: 1 }, { files: processFiles, stdout: nowhere }));
  }
});
