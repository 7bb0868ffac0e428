/** The entry stub and the injector, tried on a small program: what has to hold whatever the program is. */
import { deepStrictEqual, match, strictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { bundleProgram } from "../../scripts/one_file/bundle.ts";
import { injectIntoDeno } from "../../scripts/one_file/inject_build.ts";
import { isOnPath } from "../../scripts/run.ts";
import { testOrSkip } from "../skip.ts";

const LIBRARY = new TextEncoder().encode("stands for the library");
const reason = Deno.build.arch !== "x86_64"
  ? "the entry stub is for x86_64"
  : isOnPath("gcc")
  ? undefined
  : "gcc is missing: the entry stub cannot be compiled";

interface Start {
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly blocked: string;
  readonly capabilities: string;
  readonly library: number[];
  readonly execPath: string;
}

let built: Promise<string> | undefined;

/** Builds the probe once for all tests of this file; the process removes it at its end. */
function buildProbe(): Promise<string> {
  return built ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "oisp-one-file-" });
    addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    await Deno.writeFile(`${folder}/library`, LIBRARY);
    const bundle = await bundleProgram(new URL("probe.ts", import.meta.url).pathname);
    await Deno.writeFile(`${folder}/probe`, await injectIntoDeno(bundle, `${folder}/library`), { mode: 0o755 });
    return `${folder}/probe`;
  })();
}

interface StartOptions {
  readonly args?: string[];
  readonly env?: Record<string, string>;
  /** Shell words before the program, for example `cd / &&`. */
  readonly before?: string;
  readonly path?: string;
}

async function start(options: StartOptions = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const path = options.path ?? await buildProbe();
  const output = await new Deno.Command("/bin/sh", {
    args: ["-c", `${options.before ?? ""} exec "$@"`, "sh", path, ...(options.args ?? [])],
    env: options.env ?? {},
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}

async function startProbe(options: StartOptions = {}): Promise<Start> {
  const output = await start(options);
  strictEqual(output.stderr, "");
  return JSON.parse(output.stdout);
}

testOrSkip("one file passes every argument on, also empty ones and those that look like Deno's", reason, async () => {
  const args = ["", "--allow-none", "run", "a b", "--", "-", "ü\n"];
  deepStrictEqual((await startProbe({ args })).args, args);
});

testOrSkip(
  "one file says nothing of its own on a terminal",
  reason ?? (isOnPath("script") ? undefined : "script (util-linux) is missing"),
  async () => {
    const output = await start({ path: "/usr/bin/script", args: ["-qec", `${await buildProbe()} lazy`, "/dev/null"] });
    match(output.stdout, /^[0-9a-f]{64}\r\n$/);
  },
);

testOrSkip("one file carries the library byte for byte", reason, async () => {
  deepStrictEqual((await startProbe()).library, Array.from(LIBRARY));
});

testOrSkip(
  "one file starts without HOME, PATH or any environment, from a folder that cannot be read",
  reason,
  async () => {
    const { env } = await startProbe({ before: "cd / && umask 777 && cd /proc/self/fdinfo &&" });
    deepStrictEqual(Object.keys(env).filter((name) => !/^(DENO_|OISP_|PWD$|OLDPWD$|_$|SHLVL$)/.test(name)), []);
  },
);

testOrSkip("one file keeps what steers Deno and its own library path away from the outside", reason, async () => {
  const { env } = await startProbe({
    env: {
      DENO_DIR: "/tmp/evil",
      NODE_OPTIONS: "--inspect",
      COMPLETE: "bash",
      OISP_LIBRARY: "/tmp/evil.so",
      KEPT: "1",
    },
  });
  match(env.OISP_LIBRARY ?? "", /^\/proc\/self\/fd\/\d+$/);
  strictEqual(env.DENO_DIR, "/dev/null/none");
  strictEqual(env.NODE_OPTIONS, undefined);
  strictEqual(env.COMPLETE, undefined);
  strictEqual(env.KEPT, "1");
});

testOrSkip("one file blocks SIGUSR1, on which Deno would open a debugger port", reason, async () => {
  const { blocked } = await startProbe();
  strictEqual((BigInt("0x" + blocked) >> 9n) & 1n, 1n);
});

testOrSkip(
  "one file tells the signal mask, ignored signals and NOFILE limits it was started with",
  reason,
  async () => {
    const { env } = await startProbe({ before: "trap '' PIPE HUP; ulimit -Sn 321; ulimit -Hn 4321;" });
    const [mask, ignored, soft, hard] = (env.OISP_START ?? "").split(":").map((text) => Number.parseInt(text, 16));
    // Some kernels start programs with the C library's own signals 32 and 33 ignored: only the classic ones are compared.
    const classic = (ignored ?? 0) % 2 ** 31;
    deepStrictEqual({ mask, classic, soft, hard }, { mask: 0, classic: (1 << 12) | 1, soft: 321, hard: 4321 });
  },
);

testOrSkip("one file starts with stdin, stdout or stderr closed, and with few descriptors", reason, async () => {
  strictEqual((await startProbe({ before: "exec 0<&-;" })).args.length, 0);
  strictEqual((await start({ before: "exec 1>&-;" })).code, 0);
  strictEqual((await startProbe({ before: "ulimit -n 60;" })).args.length, 0);
});

testOrSkip("one file starts 40 times with arguments and environments of many sizes", reason, async () => {
  for (let size = 0; size < 40; size++) {
    const args = Array.from({ length: size * 7 }, (_, index) => "x".repeat(index % 61));
    const env = Object.fromEntries(Array.from({ length: size * 3 }, (_, index) => [`V${index}`, "y".repeat(index)]));
    const found = await startProbe({ args, env });
    deepStrictEqual(found.args, args);
    strictEqual(found.env[`V${size * 3 - 1}`], size === 0 ? undefined : "y".repeat(size * 3 - 1));
  }
});

testOrSkip("one file loads a module when it is first wanted", reason, async () => {
  const { stdout } = await start({ args: ["lazy"] });
  strictEqual(stdout.trim(), createHash("sha256").update("lazy").digest("hex"));
});

testOrSkip("one file loads a module also after the right to load libraries was given up", reason, async () => {
  const { stdout, code } = await start({ args: ["lazy-after-revoke"] });
  deepStrictEqual([code, stdout.trim()], [0, createHash("sha256").update("lazy").digest("hex")]);
});

testOrSkip("one file is the same program under another name, through a link", reason, async () => {
  const path = await buildProbe();
  await Deno.symlink(path, `${path}-link`);
  strictEqual((await startProbe({ path: `${path}-link`, args: ["x"] })).args[0], "x");
});

const rootReason = reason ?? (Deno.uid() === 0 ? undefined : "needs root to give a file a capability") ??
  (isOnPath("setcap") && isOnPath("setpriv") ? undefined : "setcap or setpriv is missing");

testOrSkip("one file keeps its file capabilities when another user starts it", rootReason, async () => {
  const path = `${await buildProbe()}-capable`;
  await Deno.copyFile(await buildProbe(), path);
  await Deno.chmod(path.replace(/\/[^/]*$/, ""), 0o755);
  const setcap = await new Deno.Command("setcap", { args: ["cap_net_raw+ep", path] }).output();
  strictEqual(setcap.success, true);
  const found = await startProbe({
    path: "/usr/bin/setpriv",
    args: ["--reuid=65534", "--regid=65534", "--clear-groups", path],
  });
  strictEqual((BigInt("0x" + found.capabilities) >> 13n) & 1n, 1n);
});
