import assert from "node:assert/strict";
import { FindingError } from "../../core/model/finding.ts";
import { openOutputFile, writeFully } from "./output_file.ts";

const APPEND = { isAppended: true, mode: 0o600 };
const ANEW = { isAppended: false, mode: 0o600 };

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function write(path: string, text: string, options = APPEND): Promise<void> {
  const file = await openOutputFile(path, options, undefined);
  writeFully(file, text);
  file.close();
}

async function refusal(path: string, options = APPEND): Promise<string> {
  try {
    (await openOutputFile(path, options, undefined)).close();
    return "opened";
  } catch (error) {
    assert.ok(error instanceof FindingError, String(error));
    assert.equal(error.exitCode, 73);
    return error.findings[0]?.what.replace(/^.*: /, "") ?? "";
  }
}

Deno.test("a file is appended to, and is private when it is new", async () => {
  await withFolder(async (folder) => {
    await write(`${folder}/a`, "1\n");
    await write(`${folder}/a`, "2\n");
    assert.equal(await Deno.readTextFile(`${folder}/a`), "1\n2\n");
    assert.equal((await Deno.stat(`${folder}/a`)).mode! & 0o777, 0o600);
  });
});

Deno.test("starting anew leaves the old file whole to whoever reads it", async () => {
  await withFolder(async (folder) => {
    await write(`${folder}/a`, "old\n");
    using reader = await Deno.open(`${folder}/a`);
    await write(`${folder}/a`, "new\n", ANEW);
    const bytes = new Uint8Array(10);
    assert.equal(new TextDecoder().decode(bytes.subarray(0, await reader.read(bytes) ?? 0)), "old\n");
    assert.equal(await Deno.readTextFile(`${folder}/a`), "new\n");
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["a"]);
  });
});

Deno.test("a symbolic link, a pipe, a device and a folder are refused, appended or anew", async () => {
  await withFolder(async (folder) => {
    await Deno.symlink(`${folder}/target`, `${folder}/link`);
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    for (const options of [APPEND, ANEW]) {
      assert.equal(await refusal(`${folder}/link`, options), "it is a symbolic link");
      assert.equal(await refusal(`${folder}/pipe`, options), "it is not a regular file");
      assert.equal(await refusal("/dev/null", options), "it is not a regular file");
    }
    assert.equal(await refusal(folder), "it is a directory");
    assert.equal(await refusal(`${folder}/none/a`), "its folder does not exist");
    assert.throws(() => Deno.lstatSync(`${folder}/target`));
  });
});

Deno.test("a file that is exchanged after the caller's rights were checked is refused", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "");
    let released = 0;
    const claim = () => Promise.resolve({ dev: 1, ino: 1, release: () => Promise.resolve(void released++) });
    await assert.rejects(openOutputFile(`${folder}/a`, APPEND, { claim }), /exchanged/);
    assert.equal(released, 1);
  });
});
