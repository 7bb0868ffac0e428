import assert from "node:assert/strict";
import { FindingError } from "../../core/model/finding.ts";
import { type CallerFiles, openOutputFile, openWholeFile, writeFully } from "./output_file.ts";

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

function callerWith(claim: CallerFiles["claim"]): CallerFiles {
  return { claim, look: () => Promise.reject(new Error("not asked for")) };
}

Deno.test("a file that is exchanged after the caller's rights were checked is refused", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "");
    let released = 0;
    const claim = () => Promise.resolve({ dev: 1, ino: 1, release: () => Promise.resolve(void released++) });
    await assert.rejects(openOutputFile(`${folder}/a`, APPEND, callerWith(claim)), /exchanged/);
    assert.equal(released, 1);
  });
});

Deno.test("a whole file holds its first, a longer and a shorter content, and nothing else is left in its folder", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/report`;
    const file = await openWholeFile(path, 0o644, undefined);
    for (const text of ["one\n", "a longer one\n", "x\n"]) {
      file.replace(text);
      assert.equal(await Deno.readTextFile(path), text);
    }
    file.close();
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["report"]);
  });
});

Deno.test("whoever has read a part of a whole file gets the rest of the same content", async () => {
  await withFolder(async (folder) => {
    const file = await openWholeFile(`${folder}/report`, 0o644, undefined);
    file.replace("first");
    using reader = await Deno.open(`${folder}/report`);
    const bytes = new Uint8Array(2);
    await reader.read(bytes);
    file.replace("SECOND");
    assert.equal(new TextDecoder().decode(bytes), "fi");
    assert.equal(await new Response(reader.readable).text(), "rst");
  });
});

Deno.test("under sudo a whole file is the one that the caller's rights gave, filled up with spaces until its end", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/report`;
    const claim = () => {
      Deno.writeTextFileSync(path, "", { createNew: true });
      const { dev, ino } = Deno.statSync(path);
      return Promise.resolve({ dev, ino: ino ?? 0, release: () => Promise.resolve() });
    };
    const file = await openWholeFile(path, 0o644, callerWith(claim));
    const { ino } = await Deno.stat(path);
    file.replace('{"calls":100}\n');
    file.replace('{"calls":7}\n');
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), { calls: 7 });
    file.close();
    assert.equal(await Deno.readTextFile(path), '{"calls":7}\n');
    assert.equal((await Deno.stat(path)).ino, ino);
  });
});

Deno.test("a whole file is refused like any other: links, folders, what is no file", async () => {
  await withFolder(async (folder) => {
    await Deno.symlink(`${folder}/target`, `${folder}/link`);
    for (const path of [`${folder}/link`, folder, `${folder}/none/a`]) {
      await assert.rejects(openWholeFile(path, 0o644, undefined), FindingError, path);
    }
  });
});
