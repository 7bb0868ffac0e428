/** Start-up tests of `dist/oisp` as it was built, whichever way: `deno compile` or injection. */
import { deepStrictEqual, match, strictEqual } from "node:assert";
import { isOnPath } from "../../scripts/run.ts";
import { ROOT } from "../../scripts/paths.ts";
import { testOrSkip } from "../skip.ts";

const OISP = `${ROOT}/dist/oisp`;

function findReason(): string | undefined {
  try {
    return Deno.statSync(OISP).isFile ? undefined : "dist/oisp is no file";
  } catch {
    return "dist/oisp is not built; run: deno task build";
  }
}

const reason = findReason();

async function start(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = await new Deno.Command(command, { args, env, clearEnv: true, stdin: "null", cwd: "/" }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}

testOrSkip("dist/oisp prints its version with no HOME, an empty environment and / as its folder", reason, async () => {
  const { code, stdout, stderr } = await start(OISP, ["version"]);
  deepStrictEqual({ code, stderr }, { code: 0, stderr: "" });
  match(stdout, /oisp \d+\.\d+\.\d+/);
});

testOrSkip("dist/oisp says how it was built", reason, async () => {
  const { stdout } = await start(OISP, ["version", "--json"]);
  match(stdout, /one-file|deno-compile/);
});

testOrSkip("dist/oisp-sensor is the same program", reason, async () => {
  const [a, b] = [await start(OISP, ["version"]), await start(`${OISP}-sensor`, ["version"])];
  strictEqual(a.stdout, b.stdout);
});

testOrSkip("dist/oisp --help is for people and names the commands", reason, async () => {
  const { code, stdout } = await start(OISP, ["--help"]);
  strictEqual(code, 0);
  for (const command of ["record", "run", "tail", "replay", "doctor"]) match(stdout, new RegExp(`\\b${command}\\b`));
});

testOrSkip("dist/oisp holds the demo's recording, which is the one of the sources", reason, async () => {
  const { code, stdout } = await start(OISP, ["demo"]);
  strictEqual(code, 0);
  strictEqual(stdout, await Deno.readTextFile(`${ROOT}/cli/demo/story.txt`));
});

testOrSkip("dist/oisp does not become Deno's own completion or debugger", reason, async () => {
  const { stdout } = await start(OISP, ["version"], {
    COMPLETE: "bash",
    NODE_OPTIONS: "--inspect",
    DENO_DIR: "/nowhere",
  });
  match(stdout, /^oisp /);
});

testOrSkip(
  "dist/oisp doctor works without rights",
  reason ?? (isOnPath("setpriv") && Deno.uid() === 0 ? undefined : "needs root and setpriv"),
  async () => {
    // A place that another user can reach.
    const folder = await Deno.makeTempDir();
    try {
      await Deno.chmod(folder, 0o755);
      await Deno.copyFile(OISP, `${folder}/oisp`);
      const { code, stdout } = await start("/usr/bin/setpriv", [
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        `${folder}/oisp`,
        "doctor",
        "--json",
      ]);
      strictEqual(code === 0 || code === 1, true);
      strictEqual(typeof JSON.parse(stdout), "object");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

const namespaceReason = reason ?? (Deno.uid() === 0 && isOnPath("unshare") ? undefined : "needs root and unshare");

testOrSkip("dist/oisp starts where every file system is read-only", namespaceReason, async () => {
  const script =
    `for m in $(awk '{print $2}' /proc/self/mounts | sort -r); do mount -o remount,bind,ro "$m" 2>/dev/null; done
    touch /tmp/oisp-probe 2>/dev/null && exit 99
    exec "$0" version`;
  const { code, stdout } = await start("/usr/bin/unshare", [
    "-m",
    "--propagation",
    "private",
    "/bin/sh",
    "-c",
    script,
    OISP,
  ], {
    PATH: "/usr/bin:/bin",
  });
  strictEqual(code, 0);
  match(stdout, /^oisp /);
});
