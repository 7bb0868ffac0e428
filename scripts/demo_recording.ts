/**
 * `deno run -A scripts/demo_recording.ts [FILE]`, as root: records the story of `oisp demo` anew.
 *
 * For real: `oisp run --record` around real, unmodified programs (`scripts/demo_story/`: Python, Node, curl), real TLS, this
 * machine's kernel. Invented: what is said (the stand-in provider reads it from `provider_lines.ts`), and the machine around it
 * (`private_machine.ts`). Afterwards the whole file, bodies decoded, is searched for everything that names this machine or its
 * users; then `OISP_GOLDEN=write deno test -A cli/demo/` writes what is expected of it.
 */
import { createAuthority } from "../tests/standin/certificate.ts";
import { ExchangeLog } from "../tests/standin/exchange_log.ts";
import { Script } from "../tests/standin/script.ts";
import { serveDeno } from "../tests/standin/serve_deno.ts";
import { PROVIDER_LINES } from "./demo_story/provider_lines.ts";
import { HOME, PROJECT, PROVIDERS, setScene, UID } from "./demo_story/private_machine.ts";
import { requireDependencies } from "./dependencies.ts";
import { Failure, runScript } from "./failure.ts";
import { ROOT } from "./paths.ts";
import { run, runHere } from "./run.ts";
import { say } from "./say.ts";

const STORY = `${ROOT}/scripts/demo_story`;
/** Where the program lies in the story. */
const OISP = "/opt/oisp/oisp";
const INSIDE = "OISP_DEMO_INSIDE";
const REAL = "OISP_DEMO_REAL_NAMES";
/** Values of the shape of credentials, so that redaction can be seen at work. None of them was ever valid. */
const KEYS = {
  OPENAI_API_KEY: "sk-proj-" + "0demo0demo0".repeat(4),
  ANTHROPIC_API_KEY: "sk-ant-api03-" + "0demo0demo0".repeat(8),
};

await runScript(async () => {
  const target = Deno.args[0] ?? `${ROOT}/cli/demo/story.oispcap`;
  if (Deno.env.get(INSIDE) === "1") return await recordInside(target);
  await requireDependencies();
  const names = JSON.stringify(findRealNames());
  return await runHere("unshare", [
    ...["-m", "-n", "-u", "--propagation", "private", "--", Deno.execPath(), "run", "-A"],
    ...[import.meta.filename ?? "", target],
  ], { env: { [INSIDE]: "1", [REAL]: names } });
});

/** What must not be found in the file. To be asked for outside, where they are still the real ones. */
function findRealNames(): string[] {
  const users = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"))
    .filter(([, , uid, , , home]) => Number(uid) >= 1000 && Number(uid) < 60_000 && home !== undefined)
    .map(([name = ""]) => name);
  const addresses = Deno.networkInterfaces().map(({ address }) => address).filter((ip) => !/^(127\.|::1$)/.test(ip));
  const ids = ["/proc/sys/kernel/random/boot_id", "/etc/machine-id"].map((path) => Deno.readTextFileSync(path).trim());
  const folders = [ROOT, Deno.env.get("HOME"), "/root/", "/tmp/", "/var/tmp", "process_api"];
  return [...users, ...addresses, ...folders, ...ids, Deno.hostname(), Deno.osRelease()]
    .filter((name) => name !== undefined && name.length > 2) as string[];
}

async function recordInside(target: string): Promise<number> {
  const scratch = await Deno.makeTempDir({ prefix: "oisp-demo-" });
  try {
    await setScene(["agent.py", "review.mjs", "today.sh"].map((name) => `${STORY}/${name}`), scratch);
    await install();
    await serve(scratch);
    const path = `${HOME}/story.oispcap`;
    await recordStory(path);
    await searchForRealNames(path, JSON.parse(Deno.env.get(REAL) ?? "[]"));
    await Deno.writeFile(target, await Deno.readFile(path), { mode: 0o644 });
    say(`${target}: ${(await Deno.stat(target)).size} bytes`);
    return 0;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** The built program: its own command line is in the recording, as the parent of the story's. */
async function install(): Promise<void> {
  const { code, stderr } = await run("sh", [
    "-c",
    'mount -t tmpfs tmpfs /opt && mkdir /opt/oisp && cp "$1" "$2"',
    "sh",
    `${ROOT}/dist/oisp`,
    OISP,
  ]);
  if (code !== 0) throw new Failure("Cannot use dist/oisp", stderr.trim(), "deno task build");
}

async function serve(scratch: string): Promise<void> {
  const authority = await createAuthority();
  const identity = await authority.issue(Object.keys(PROVIDERS));
  await Deno.mkdir("/run/oisp");
  await Deno.writeTextFile("/run/ca.pem", authority.certificatePem, { mode: 0o644 });
  await Deno.writeTextFile(`${scratch}/log.jsonl`, "");
  await serveDeno(identity, 443, new ExchangeLog(`${scratch}/log.jsonl`), new Script(PROVIDER_LINES));
}

/** As `sudo oisp run` does it for a user: the programs run as the user, with the user's environment. */
async function recordStory(path: string): Promise<void> {
  const trust = { SSL_CERT_FILE: "/run/ca.pem", CURL_CA_BUNDLE: "/run/ca.pem", NODE_EXTRA_CA_CERTS: "/run/ca.pem" };
  const env = { ...trust, ...KEYS, PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SUDO_UID: `${UID}`, SUDO_GID: `${UID}` };
  const oisp = [OISP, "run", "-o", `${HOME}/story.jsonl`, "--record", path];
  const child = new Deno.Command("env", {
    args: ["-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`)]
      .concat(oisp, ["--", "sh", "today.sh"]),
    cwd: PROJECT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const { code } = await child.status;
  if (code !== 0) throw new Failure("Cannot record the story", `oisp run ended with ${code}`, "look at what it said");
}

/** The file as it is, and what a replay in full makes of it: compressed bodies are decoded there. */
async function searchForRealNames(path: string, names: readonly string[]): Promise<void> {
  const replay = await run(Deno.execPath(), ["run", "-A", `${ROOT}/main.ts`, "replay", "--redaction", "full", path]);
  if (replay.code !== 0) throw new Failure("Cannot replay the story", replay.stderr, `oisp replay ${path}`);
  const text = new TextDecoder("latin1").decode(await Deno.readFile(path)) + replay.stdout;
  const found = names.filter((name) => text.includes(name));
  if (found.length > 0) {
    await Deno.copyFile(path, "/run/oisp/refused.oispcap");
    const places = found.map((name) =>
      `${name} (…${text.slice(Math.max(0, text.indexOf(name) - 60), text.indexOf(name) + 60)}…)`
    );
    throw new Failure(
      "Cannot use the recording",
      `it names this machine: ${places.join("; ")}`,
      "hide it in private_machine.ts",
    );
  }
}
