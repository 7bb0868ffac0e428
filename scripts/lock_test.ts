import { deepStrictEqual } from "node:assert";
import { ROOT } from "./paths.ts";

Deno.test("two set-ups at once take turns, and a killed one leaves no lock behind", async () => {
  const cache = await Deno.makeTempDir();
  const log = `${cache}/log`;
  const code = (name: string, rest: string) =>
    `import { withLock } from "${ROOT}/scripts/lock.ts";
     await withLock("test", async () => {
       Deno.writeTextFileSync("${log}", "in ${name}\\n", { append: true, create: true });
       ${rest}
       Deno.writeTextFileSync("${log}", "out ${name}\\n", { append: true });
     });`;
  const start = (name: string, rest: string) =>
    new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-config", code(name, rest)],
      env: { XDG_CACHE_HOME: cache },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  try {
    // The first one kills itself while it holds the lock.
    await start("killed", 'Deno.kill(Deno.pid, "SIGKILL"); await new Promise(() => {});').status;
    await Promise.all(
      ["a", "b", "c"].map((name) => start(name, "await new Promise((done) => setTimeout(done, 30));").status),
    );
    const lines = (await Deno.readTextFile(log)).trim().split("\n");
    deepStrictEqual(lines[0], "in killed");
    const rest = lines.slice(1);
    deepStrictEqual(rest.length, 6);
    for (let at = 0; at < 6; at += 2) deepStrictEqual(rest[at + 1], rest[at]?.replace("in ", "out "));
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
