import assert from "node:assert/strict";
import { FindingError } from "../../core/model/finding.ts";
import { tailFile } from "./tail_file.ts";

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
  const lines: string[] = [];
  const options = { follows: false, signal: new AbortController().signal };
  for await (const line of tailFile(path, lastLines === undefined ? options : { ...options, lastLines })) {
    lines.push(line);
  }
  return lines;
}

Deno.test("tailFile gives every line, also a last one without a line end", async () => {
  await withFile("a\nb\nc", async (path) => assert.deepEqual(await read(path), ["a", "b", "c"]));
  await withFile("", async (path) => assert.deepEqual(await read(path), []));
});

Deno.test("tailFile gives the last lines only, however long the file is", async () => {
  const text = Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join("");
  await withFile(text, async (path) => {
    assert.deepEqual(await read(path, 2), ["line 99998", "line 99999"]);
    assert.deepEqual(await read(path, 0), []);
  });
});

Deno.test("tailFile cuts no character at the end of a block", async () => {
  const line = "é".repeat(300_000);
  await withFile(`${line}\nx\n`, async (path) => assert.deepEqual(await read(path), [line, "x", ""].slice(0, 2)));
});

Deno.test("tailFile follows what is appended, and a file that takes its place", async () => {
  await withFile("one\ntw", async (path) => {
    const abort = new AbortController();
    const lines: string[] = [];
    for await (const line of tailFile(path, { follows: true, signal: abort.signal })) {
      lines.push(line);
      if (line === "one") await Deno.writeTextFile(path, "o\n", { append: true });
      else if (line === "two") {
        await Deno.writeTextFile(`${path}.new`, "three\n");
        await Deno.rename(`${path}.new`, path);
      } else abort.abort();
    }
    assert.deepEqual(lines, ["one", "two", "three"]);
  });
});

Deno.test("tailFile of a file that is not there ends with 66", async () => {
  await assert.rejects(
    read("/nonexistent/file"),
    (error: unknown) => error instanceof FindingError && error.exitCode === 66,
  );
});
