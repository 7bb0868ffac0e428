import assert from "node:assert/strict";
import { FindingError } from "../../core/model/finding.ts";
import { EventLines } from "./event_lines.ts";
import { tailFile } from "./tail_file.ts";

const encoder = new TextEncoder();

function event(id: string): string {
  return JSON.stringify({ event_type: "ai.request", timestamp: "2026-11-21T10:00:00.000000Z", data: {}, id });
}

function idOf(line: string): string {
  return JSON.parse(line).id;
}

async function withFile(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/f`, text);
    await test(`${folder}/f`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function read(path: string, lastLines?: number): Promise<string[]> {
  const ids: string[] = [];
  const options = { follows: false, lines: new EventLines({}), signal: new AbortController().signal };
  for await (const line of tailFile(path, lastLines === undefined ? options : { ...options, lastLines })) {
    ids.push(idOf(line));
  }
  return ids;
}

Deno.test("tailFile gives every line, also a last one without a line end", async () => {
  const text = ["a", "b", "c"].map(event).join("\n");
  await withFile(text, async (path) => assert.deepEqual(await read(path), ["a", "b", "c"]));
  await withFile("", async (path) => assert.deepEqual(await read(path), []));
});

Deno.test("tailFile gives the last lines only, however long the file is", async () => {
  const text = Array.from({ length: 20_000 }, (_, i) => event(`line ${i}`) + "\n").join("");
  await withFile(text, async (path) => {
    assert.deepEqual(await read(path, 2), ["line 19998", "line 19999"]);
    assert.deepEqual(await read(path, 0), []);
  });
});

Deno.test("tailFile cuts no character at the end of a block", async () => {
  const id = "é".repeat(300_000);
  await withFile(`${event(id)}\n${event("x")}\n`, async (path) => assert.deepEqual(await read(path), [id, "x"]));
});

Deno.test("tailFile follows what is appended, and a file that takes its place", async () => {
  await withFile(`${event("one")}\n${event("two").slice(0, 20)}`, async (path) => {
    const abort = new AbortController();
    const ids: string[] = [];
    const options = { follows: true, lines: new EventLines({}), signal: abort.signal };
    for await (const line of tailFile(path, options)) {
      ids.push(idOf(line));
      if (ids.length === 1) await Deno.writeTextFile(path, event("two").slice(20) + "\n", { append: true });
      else if (ids.length === 2) {
        await Deno.writeTextFile(`${path}.new`, event("three") + "\n");
        await Deno.rename(`${path}.new`, path);
      } else abort.abort();
    }
    assert.deepEqual(ids, ["one", "two", "three"]);
    assert.equal(options.lines.badCount, 0);
  });
});

Deno.test("tailFile that follows gives a line once, when its end is written, in however many pieces", async () => {
  await withFile("", async (path) => {
    const abort = new AbortController();
    const lines = new EventLines({});
    const pushed: number[] = [];
    // Every piece is seen by itself: the next one is written only then.
    const pieces = [...`${event("one")}\n${event("two")}\n`.matchAll(/[^]{1,40}/g)].map(([text]) =>
      encoder.encode(text)
    );
    const writeNext = async () => {
      const piece = pieces.shift();
      if (piece !== undefined) await Deno.writeFile(path, piece, { append: true });
    };
    const push = lines.push.bind(lines);
    lines.push = (bytes) => {
      pushed.push(bytes.length);
      void writeNext();
      return push(bytes);
    };
    const ids: string[] = [];
    let hasBegun = false;
    const onEnd = () => {
      if (!hasBegun) void writeNext();
      hasBegun = true;
    };
    const options = { follows: true, lines, signal: abort.signal, onEnd };
    for await (const line of tailFile(path, options)) {
      ids.push(idOf(line));
      if (ids.length === 2) abort.abort();
    }
    assert.deepEqual(ids, ["one", "two"]);
    assert.ok(pushed.length > 3, String(pushed));
    assert.equal(lines.badCount, 0);
  });
});

Deno.test("tailFile of a pipe that says nothing ends with the signal", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const writer = new Deno.Command("sh", { args: ["-c", `exec 3>"$0"; read x`, path], stdin: "piped" }).spawn();
  const abort = new AbortController();
  const options = { follows: true, lines: new EventLines({}), signal: abort.signal };
  const reading = Array.fromAsync(tailFile(path, options));
  abort.abort();
  assert.deepEqual(await reading, []);
  await writer.stdin.close();
  await writer.status;
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tailFile of a file that is not there ends with 66", async () => {
  await assert.rejects(
    read("/nonexistent/file"),
    (error: unknown) => error instanceof FindingError && error.exitCode === 66,
  );
});
