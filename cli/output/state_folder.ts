/** Where this program keeps its own files: session files and the installation key. */
import { createHash } from "node:crypto";

/** Gives the state folder: `/var/lib/oisp` for root, else `$XDG_STATE_HOME/oisp` or `~/.local/state/oisp`; undefined without a home. */
export function findStateFolder(env: (name: string) => string | undefined): string | undefined {
  if (Deno.uid() === 0) return "/var/lib/oisp";
  const base = env("XDG_STATE_HOME");
  if (base?.startsWith("/")) return `${base}/oisp`;
  const home = env("HOME");
  return home?.startsWith("/") ? `${home}/.local/state/oisp` : undefined;
}

const KEY_BYTES = 32;

/**
 * Reads the installation key of `original_hash`, or makes one. Undefined where no file can be kept (no home, read-only): events
 * then have no `original_hash`, which is better than a hash that nobody can compare.
 */
export function readInstallationKey(env: (name: string) => string | undefined): Uint8Array | undefined {
  const folder = findStateFolder(env);
  if (folder === undefined) return undefined;
  const path = `${folder}/hash_key`;
  try {
    return readKey(path) ?? createKey(folder, path);
  } catch {
    return undefined;
  }
}

/** Gives the name of a key: says which one it is and nothing about it. */
export function toKeyId(key: Uint8Array): string {
  return createHash("sha256").update("oisp key id\n").update(key).digest("hex").slice(0, 16);
}

function readKey(path: string): Uint8Array | undefined {
  try {
    const bytes = Deno.readFileSync(path);
    return bytes.length >= KEY_BYTES ? bytes : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function createKey(folder: string, path: string): Uint8Array | undefined {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const temporary = `${path}.${Deno.pid}`;
  Deno.writeFileSync(temporary, key, { mode: 0o600, createNew: true });
  // Two starts at once: a link fails when the other was first, and then its key holds.
  try {
    Deno.linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    Deno.removeSync(temporary);
  }
  return readKey(path);
}

/** Creates a session file of `record` in the state folder; its name is the time. Undefined where no file can be kept. */
export function createSessionPath(env: (name: string) => string | undefined, now: Date): string | undefined {
  const folder = findStateFolder(env);
  if (folder === undefined) return undefined;
  const sessions = `${folder}/sessions`;
  try {
    Deno.mkdirSync(sessions, { recursive: true, mode: 0o700 });
  } catch {
    return undefined;
  }
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\.\d+Z$/, "Z");
  return `${sessions}/${stamp}-${Deno.pid}.jsonl`;
}
