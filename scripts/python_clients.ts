/**
 * The vendors' own Python SDKs, for end-to-end tests: a virtual environment in the cache, pinned by hash. Tests that need it are
 * skipped, aloud, where it cannot be made.
 */
import { withLock } from "./lock.ts";
import { cacheFolder, ROOT } from "./paths.ts";
import { run } from "./run.ts";

const REQUIREMENTS = `${ROOT}/tests/e2e/clients/requirements.txt`;

/** The environment's interpreter, or why there is none. */
export type PythonClients = { readonly python: string } | { readonly reason: string };

/** Makes the environment unless it is there. */
export async function requirePythonClients(): Promise<PythonClients> {
  const path = await findFolder();
  if (path === undefined) return { reason: "python3 is missing" };
  if (await isReady(path)) return { python: `${path}/bin/python` };
  return await withLock("python-clients", () => make(path));
}

/** Gives the environment only if it is there already. */
export async function findPythonClients(): Promise<PythonClients> {
  const path = await findFolder();
  if (path !== undefined && await isReady(path)) return { python: `${path}/bin/python` };
  return { reason: "the vendors' Python SDKs are not installed (set-up of deno task test does it)" };
}

async function findFolder(): Promise<string | undefined> {
  const version = await run("python3", ["--version"]);
  if (version.code !== 0) return undefined;
  const text = version.stdout + await Deno.readTextFile(REQUIREMENTS);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return await cacheFolder(
    "python",
    Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  );
}

async function isReady(path: string): Promise<boolean> {
  return await Deno.stat(`${path}/ready`).then(() => true, () => false);
}

async function make(path: string): Promise<PythonClients> {
  if (await isReady(path)) return { python: `${path}/bin/python` };
  const made = await run("python3", ["-m", "venv", "--clear", path]);
  if (made.code !== 0) return { reason: `python3 -m venv failed: ${lastLine(made.stderr + made.stdout)}` };
  const installed = await run(`${path}/bin/pip`, ["install", "-q", "--require-hashes", "-r", REQUIREMENTS]);
  if (installed.code !== 0) return { reason: `pip could not install the SDKs: ${lastLine(installed.stderr)}` };
  await Deno.writeTextFile(`${path}/ready`, "");
  return { python: `${path}/bin/python` };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
