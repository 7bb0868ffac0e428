/**
 * A private mount and network name space with a stand-in provider in it: provider names resolve to loopback there, and only
 * there. Commands run inside by `nsenter`; everything ends with `close`.
 */
import { isOnPath } from "../../scripts/run.ts";
import { HOSTS } from "../standin/registry.ts";
import type { LoggedExchange } from "../standin/exchange_log.ts";

/** What became of a command on the stage. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to start a command on the stage. */
export interface StageOptions {
  readonly env?: Record<string, string>;
  /** Folder to start in; the stage's folder when absent. */
  readonly cwd?: string;
  /** Given on stdin; nothing when absent. */
  readonly stdin?: string;
  /** After this time the command is killed and the test fails. */
  readonly limitMs?: number;
}

/** Says why no stage can be opened here; undefined when it can. */
export function findStageReason(): string | undefined {
  if (Deno.build.os !== "linux") return "needs Linux";
  if (Deno.uid() !== 0) return "needs root for a private network name space";
  const missing = ["unshare", "nsenter", "ip", "mount"].filter((name) => !isOnPath(name));
  if (missing.length > 0) return `${missing.join(", ")} is missing`;
  const tried = new Deno.Command("unshare", { args: ["-m", "-n", "true"], stdout: "null", stderr: "null" })
    .outputSync();
  return tried.success ? undefined : "the kernel refuses a private network name space";
}

/** Sensors of other stages, or of the machine, are not seen: each stage has its own folder of sockets. */
const HOLD =
  `ip link set lo up && mount --bind "$1" /etc/hosts && mkdir -p /run/oisp && mount -t tmpfs tmpfs /run/oisp &&
  echo ready && exec cat`;
const STANDIN = new URL("../standin/main.ts", import.meta.url).pathname;

/** See the file's head. */
export class Stage {
  /** Scratch folder; everybody may read it, the stand-in's files lie in it. */
  readonly folder: string;
  /** Port of the HTTPS proxy. */
  readonly proxyPort: number;
  readonly #holder: Deno.ChildProcess;
  readonly #standin: Deno.ChildProcess;

  private constructor(folder: string, holder: Deno.ChildProcess, standin: Deno.ChildProcess, proxyPort: number) {
    this.folder = folder;
    this.#holder = holder;
    this.#standin = standin;
    this.proxyPort = proxyPort;
  }

  /** Opens a stage: name space, hosts file, stand-in on port 443. */
  static async open(): Promise<Stage> {
    const folder = await Deno.makeTempDir({ prefix: "oisp-stage-" });
    await Deno.chmod(folder, 0o755);
    await Deno.writeTextFile(`${folder}/hosts`, `127.0.0.1 ${HOSTS.join(" ")}\n`);
    const holder = new Deno.Command("unshare", {
      args: ["-m", "-n", "--propagation", "private", "/bin/sh", "-c", HOLD, "sh", `${folder}/hosts`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    await readLine(holder.stdout);
    const standin = new Deno.Command("nsenter", {
      args: [...enter(holder.pid, folder), Deno.execPath(), "run", "-A", STANDIN, folder, "443"],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const ports = JSON.parse(await readLine(standin.stdout));
    return new Stage(folder, holder, standin, ports.proxy_port);
  }

  /** Environment that makes OpenSSL, curl, Python and Node trust the stand-in. */
  get trust(): Record<string, string> {
    const path = `${this.folder}/ca.pem`;
    return { SSL_CERT_FILE: path, CURL_CA_BUNDLE: path, REQUESTS_CA_BUNDLE: path, NODE_EXTRA_CA_CERTS: path };
  }

  /** Starts a command inside; stdout and stderr are piped. */
  spawn(command: readonly string[], options: StageOptions = {}): Deno.ChildProcess {
    return new Deno.Command("nsenter", {
      args: [...enter(this.#holder.pid, options.cwd ?? this.folder), ...command],
      env: { ...this.trust, NO_COLOR: "1", ...options.env },
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs a command inside to its end. @throws {Error} when it takes longer than `limitMs` (60 s) */
  async run(command: readonly string[], options: StageOptions = {}): Promise<Outcome> {
    const child = this.spawn(command, options);
    if (options.stdin !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(options.stdin));
      await writer.close();
    }
    return await finish(child, command, options.limitMs ?? 60_000);
  }

  /** What the stand-in has answered so far, in the order in which answers ended. */
  log(name = "log.jsonl"): LoggedExchange[] {
    const text = Deno.readTextFileSync(`${this.folder}/${name}`).trim();
    return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
  }

  /** Forgets what the stand-in has answered so far. */
  clearLog(): void {
    Deno.writeTextFileSync(`${this.folder}/log.jsonl`, "");
  }

  /** Ends the stand-in and the name space and removes the folder. */
  async close(): Promise<void> {
    this.#standin.kill("SIGKILL");
    await this.#standin.stdout.cancel();
    await this.#standin.status;
    await this.#holder.stdin.close();
    await this.#holder.stdout.cancel();
    await this.#holder.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Waits for a child and collects what it printed; kills it after the limit. */
export async function finish(child: Deno.ChildProcess, command: readonly string[], limitMs: number): Promise<Outcome> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, limitMs);
  const [{ code }, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(timer);
  if (isLate) {
    throw new Error(`${command.join(" ").slice(0, 200)} took longer than ${limitMs} ms: ${stderr.slice(-2000)}`);
  }
  return { code, stdout, stderr };
}

/** The folder has to be named: entering a mount name space leaves the current one. */
function enter(pid: number, folder: string): string[] {
  return ["-t", String(pid), "-m", "-n", `--wdns=${folder}`, "--"];
}

/** Reads the first line and gives the stream back to be cancelled later. */
async function readLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return text.split("\n")[0] ?? "";
}
