import assert from "node:assert/strict";
import { FindingError } from "../../core/model/finding.ts";
import type { Io, OutputStream } from "../io.ts";
import type { CallerFiles } from "./output_file.ts";
import { openStreamOutput, toDescriptor, toOutputName, writeToStream } from "./stream_output.ts";

function createStream(): OutputStream & { text: string } {
  const decoder = new TextDecoder();
  return {
    text: "",
    isTerminal: false,
    hasColor: false,
    isFile: false,
    columns: () => 80,
    writeSync(text) {
      this.text += text;
    },
    writeBytesSync(bytes) {
      this.text += decoder.decode(bytes);
    },
    write(bytes) {
      this.text += decoder.decode(bytes);
      return Promise.resolve();
    },
  };
}

function createIo() {
  const [stdout, stderr] = [createStream(), createStream()];
  const io: Io = {
    stdout,
    stderr,
    stdinIsTerminal: false,
    env: () => undefined,
    say() {},
    isQuiet: false,
    verbosity: 0,
    showsProgress: false,
  };
  return { io, stdout, stderr };
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refusal(path: string, callerFiles?: CallerFiles): Promise<string> {
  try {
    (await openStreamOutput(path, createIo().io, callerFiles))?.close();
    return "opened";
  } catch (error) {
    assert.ok(error instanceof FindingError, String(error));
    assert.equal(error.exitCode, 73);
    return error.findings[0]?.what.replace(/^[^:]*: /, "") ?? "";
  }
}

/** What sudo's caller can get to, as the library says it. */
function callerOf(path: string, caller: { uid: number; gid: number }): CallerFiles {
  const { dev, ino } = Deno.lstatSync(path);
  return {
    claim: () => Promise.reject(new Error("not asked for")),
    look: () => Promise.resolve({ dev, ino: ino ?? 0, caller }),
  };
}

async function makePipe(folder: string, mode = "600"): Promise<string> {
  await new Deno.Command("mkfifo", { args: ["-m", mode, `${folder}/pipe`] }).output();
  return `${folder}/pipe`;
}

Deno.test("names of the program's own streams are those streams, and names of one stream are one name", async () => {
  const { io, stdout, stderr } = createIo();
  for (const path of ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]) {
    const stream = await openStreamOutput(path, io, undefined);
    assert.equal(stream?.isStdout, true);
    await writeToStream(stream, "x");
    assert.equal(toOutputName(path), "-");
  }
  for (const path of ["/dev/stderr", "/dev/fd/2"]) {
    const stream = await openStreamOutput(path, io, undefined);
    assert.equal(stream?.isStdout, false);
    await writeToStream(stream, "é");
    assert.equal(toOutputName(path), "/dev/fd/2");
  }
  assert.deepEqual([stdout.text, stderr.text], ["xxxx", "éé"]);
  assert.equal(toDescriptor("constructor"), undefined);
  assert.equal(toOutputName("calls.jsonl"), "calls.jsonl");
});

Deno.test("the null device swallows everything; other devices, folders' devices and standard input are refused", async () => {
  const stream = await openStreamOutput("/dev/null", createIo().io, undefined);
  assert.equal(stream?.writeSync?.(new Uint8Array(5)), 5);
  stream.close();
  stream.close();
  assert.equal(await refusal("/dev/zero"), "it is a device");
  assert.equal(await refusal("/dev/random"), "it is a device");
  assert.equal(await refusal("/dev/stdin"), "it is standard input");
});

Deno.test("regular files, links, folders and what is not there are left to the rules for files", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await Deno.symlink("/dev/null", `${folder}/link`);
    for (const path of [`${folder}/file`, `${folder}/link`, folder, `${folder}/none`]) {
      assert.equal(await openStreamOutput(path, createIo().io, undefined), undefined, path);
    }
  });
});

Deno.test("a pipe with a name waits for its reader and gets everything", async () => {
  await withFolder(async (folder) => {
    const path = await makePipe(folder);
    const opening = openStreamOutput(path, createIo().io, undefined);
    const reader = new Deno.Command("cat", { args: [path], stdout: "piped" }).spawn();
    const output = reader.output();
    const stream = await opening;
    assert.ok(stream);
    assert.equal(stream.writeSync, undefined);
    await writeToStream(stream, "y".repeat(300_000));
    stream.close();
    assert.equal((await output).stdout.length, 300_000);
  });
});

Deno.test("under sudo a pipe is written to only when its caller may, and when it is the one the caller can get to", async () => {
  await withFolder(async (folder) => {
    const path = await makePipe(folder);
    const { uid, gid } = await Deno.lstat(path);
    const mine = { uid: uid ?? 0, gid: gid ?? 0 };
    const others = { uid: mine.uid + 1, gid: mine.gid + 1 };
    const denied = "the caller may not write there";
    assert.equal(await refusal(path, callerOf(path, others)), denied);
    assert.equal(await refusal(path, callerOf(folder, mine)), denied);
    await Deno.chmod(path, 0o400);
    assert.equal(await refusal(path, callerOf(path, mine)), denied);
    await Deno.chmod(path, 0o602);
    const opening = refusal(path, callerOf(path, others));
    const reader = new Deno.Command("cat", { args: [path] }).spawn();
    assert.equal(await opening, "opened");
    await reader.status;
  });
});

Deno.test("a descriptor has to be open, and open for writing", async () => {
  await withFolder(async (folder) => {
    assert.equal(await refusal("/dev/fd/999999"), "descriptor 999999 is not open here");
    await Deno.writeTextFile(`${folder}/file`, "old\n");
    const find = () =>
      [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => name).find((name) => {
        try {
          return Deno.readLinkSync(`/proc/self/fd/${name}`) === `${folder}/file`;
        } catch {
          return false;
        }
      });
    const reading = await Deno.open(`${folder}/file`);
    assert.match(await refusal(`/dev/fd/${find()}`), /reading only/);
    reading.close();
    using _writing = await Deno.open(`${folder}/file`, { append: true });
    const stream = await openStreamOutput(`/dev/fd/${find()}`, createIo().io, undefined);
    assert.ok(stream);
    await writeToStream(stream, "new\n");
    stream.close();
    assert.equal(await Deno.readTextFile(`${folder}/file`), "old\nnew\n");
  });
});
