import assert from "node:assert/strict";
import { watchReader } from "./reader_watch.ts";

function findDescriptor(path: string): number {
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      if (Deno.readLinkSync(`/proc/self/fd/${name}`) === path) return Number(name);
    } catch {
      // The descriptor of the listing itself.
    }
  }
  throw new Error(`Cannot find the descriptor of ${path}`);
}

Deno.test("watchReader resolves when the reader of a pipe goes, and not before", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const reader = new Deno.Command("cat", { args: [path], stdout: "piped" }).spawn();
  using writer = await Deno.open(path, { write: true });
  let isGone = false;
  const watch = watchReader(findDescriptor(path))?.then(() => isGone = true);
  assert.ok(watch);
  // What the reader passes on shows that it lives, and that writing does not end the watch.
  await writer.write(new TextEncoder().encode("x"));
  const output = reader.stdout.getReader();
  assert.equal((await output.read()).value?.[0], 120);
  assert.equal(isGone, false);
  reader.kill("SIGKILL");
  await watch;
  assert.equal(isGone, true);
  await output.cancel();
  await reader.status;
  await Deno.remove(folder, { recursive: true });
});

Deno.test("watchReader of a descriptor that is not open resolves at once", async () => {
  await watchReader(999_999);
});

Deno.test("a program that watches still exits when it wants to", async () => {
  const code = `import { watchReader } from ${JSON.stringify(new URL("./reader_watch.ts", import.meta.url).href)};
    watchReader(1); console.log("x"); Deno.exit(3);`;
  const { code: exitCode, stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "piped" })
    .output();
  assert.equal(exitCode, 3);
  assert.equal(new TextDecoder().decode(stdout), "x\n");
});
