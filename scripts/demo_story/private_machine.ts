/**
 * Inside a private mount, network and UTS name space: a machine that exists nowhere. Its name, its user, its files, its addresses
 * and what identifies its boot are invented here; everything that belongs to the real machine's owner is hidden.
 */
import { run } from "../run.ts";
import { Failure } from "../failure.ts";

/** Folder that the story happens in. */
export const HOME = "/home/dana";
/** Folder that the programs of the story are started in. */
export const PROJECT = `${HOME}/notes`;
/** Who tells the story. */
export const UID = 1000;
/** Name of the invented machine. */
export const HOSTNAME = "workstation";
/** Addresses of RFC 5737, that belong to nobody. */
export const PROVIDERS: Readonly<Record<string, string>> = {
  "api.openai.com": "203.0.113.10",
  "api.anthropic.com": "203.0.113.20",
};
const OWN_ADDRESS = "192.0.2.7";
const BOOT_ID = "5f0c2c1e-7d1b-4a54-9d0e-0d15c0de0001";
const KERNEL = "6.12.0-demo";
const MACHINE_ID = "0123456789abcdef0123456789abcdef";
/** Installation key of the invented machine; the real one's name is in no file either. */
const HASH_KEY = new Uint8Array(32).fill(7);

/** Files that stand in the place of the machine's own. */
const FILES: Readonly<Record<string, string>> = {
  "/etc/hosts": `127.0.0.1 localhost ${HOSTNAME}\n` +
    Object.entries(PROVIDERS).map(([name, ip]) => `${ip} ${name}\n`).join(""),
  "/etc/passwd": `root:x:0:0:root:/root:/bin/sh\ndana:x:${UID}:${UID}:Dana:${HOME}:/bin/sh\n`,
  "/etc/group": `root:x:0:\ndana:x:${UID}:\n`,
  "/etc/machine-id": `${MACHINE_ID}\n`,
  "/proc/sys/kernel/random/boot_id": `${BOOT_ID}\n`,
  "/proc/sys/kernel/osrelease": `${KERNEL}\n`,
};

/** What the project of the story holds. */
const PROJECT_FILES: Readonly<Record<string, string>> = {
  "src/fetch.py": "import time\n".repeat(41),
  "src/parse.py": "import re\n",
  "src/report.py": "import json\n",
  "tests/test_fetch.py": "import unittest\n",
};

async function call(...command: readonly string[]): Promise<void> {
  const [program = "", ...args] = command;
  const { code, stderr } = await run(program, args);
  if (code !== 0) throw new Failure(`Cannot set the scene: ${command.join(" ")}`, stderr.trim(), "run it as root");
}

/**
 * Sets the scene. Only to be called in name spaces of its own.
 *
 * @param programs - files to be put into the project's folder
 * @param scratch - a folder for what is mounted over the machine's own files
 */
export async function setScene(programs: readonly string[], scratch: string): Promise<void> {
  await call("hostname", HOSTNAME);
  await call("ip", "link", "set", "lo", "up");
  for (const ip of [OWN_ADDRESS, ...Object.values(PROVIDERS)]) await call("ip", "addr", "add", `${ip}/32`, "dev", "lo");
  for (const ip of Object.values(PROVIDERS)) {
    await call("ip", "route", "replace", "local", ip, "dev", "lo", "table", "local", "src", OWN_ADDRESS);
  }
  let count = 0;
  for (const [path, text] of Object.entries(FILES)) {
    const file = `${scratch}/${count++}`;
    await Deno.writeTextFile(file, text, { mode: 0o644 });
    await call("mount", "--bind", file, path);
  }
  for (const folder of ["/home", "/run", "/var/lib"]) {
    await call("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder);
  }
  await Deno.mkdir("/var/lib/oisp");
  await Deno.writeFile("/var/lib/oisp/hash_key", HASH_KEY, { mode: 0o600 });
  await Deno.mkdir(`${PROJECT}/src`, { recursive: true });
  await Deno.mkdir(`${PROJECT}/tests`);
  for (const [path, text] of Object.entries(PROJECT_FILES)) await Deno.writeTextFile(`${PROJECT}/${path}`, text);
  for (const path of programs) await Deno.copyFile(path, `${PROJECT}/${path.replace(/^.*\//, "")}`);
  await call("chown", "-R", `${UID}:${UID}`, HOME);
}
