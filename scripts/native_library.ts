/**
 * The Rust library: built once for each content of `bpf-rs/`, kept in the cache, shared by all clones.
 *
 * `<cache>/native/<key>/liboisp_capture.so` is published by a rename, so that a killed build leaves nothing half done.
 */
import { Failure } from "./failure.ts";
import { withLock } from "./lock.ts";
import { requireBuildPackages } from "./packages.ts";
import { cacheFolder, LIBRARY_LINK, ROOT } from "./paths.ts";
import { run } from "./run.ts";
import { ProgressLine } from "./say.ts";

const FILE_NAME = "liboisp_capture.so";
/** Folders of `bpf-rs/` that do not go into the library. */
const NOT_SOURCE = new Set(["target", "fuzz", "tests", "examples", "benches"]);

/**
 * Gives the path of the library for the sources as they are, building it if no clone has done so before.
 *
 * @param silentUntil - progress is shown only after this
 * @throws {Failure} when a tool is missing or cargo refuses
 */
export async function requireNativeLibrary(silentUntil: Promise<void> = Promise.resolve()): Promise<string> {
  const key = await hashSources();
  const folder = await cacheFolder("native", key);
  const path = `${folder}/${FILE_NAME}`;
  if (!isFile(path)) {
    await requireBuildPackages(silentUntil);
    await withLock("native", () => build(path, silentUntil));
  }
  await linkLibrary(path);
  return path;
}

/** Gives the library's path when it is already built for the sources as they are, else undefined. */
export async function findNativeLibrary(): Promise<string | undefined> {
  const path = `${await cacheFolder("native", await hashSources())}/${FILE_NAME}`;
  return isFile(path) ? path : undefined;
}

/**
 * Environment of every cargo call: one folder for all clones, and flags that are the same for all of them, so that nothing is
 * compiled twice. The registry's folder is kept out of the product; the workspace's own files have relative names already.
 */
export async function cargoEnvironment(): Promise<Record<string, string>> {
  const home = Deno.env.get("CARGO_HOME") ?? `${Deno.env.get("HOME")}/.cargo`;
  return {
    CARGO_TARGET_DIR: await cacheFolder("cargo-target"),
    CARGO_TERM_COLOR: "never",
    RUSTFLAGS: `--remap-path-prefix=${home}/registry/src=`,
  };
}

async function build(path: string, silentUntil: Promise<void>): Promise<void> {
  if (isFile(path)) return; // another clone was faster
  const env = await cargoEnvironment();
  let isSilent = true;
  void silentUntil.then(() => isSilent = false);
  const progress = new ProgressLine();
  const startMs = performance.now();
  const seconds = () => `${Math.round((performance.now() - startMs) / 1000)} s`;
  let crates = 0;
  let current = "";
  const show = () => isSilent || progress.update(`building the native part: ${crates} crates ${current} ${seconds()}`);
  const timer = setInterval(show, 500);
  const result = await run("cargo", ["build", "--release", "--locked", "--lib", "-p", "oisp-capture"], {
    cwd: `${ROOT}/bpf-rs`,
    env,
    onLine: (line) => {
      const match = /^\s+Compiling (\S+)/.exec(line);
      if (!match) return;
      crates++;
      current = `(${match[1]})`;
      show();
    },
  }).finally(() => clearInterval(timer));
  await silentUntil;
  if (result.code !== 0) {
    progress.end("building the native part failed");
    throw new Failure(
      "Cannot build the Rust library",
      "cargo refused:\n" +
        result.stderr.split("\n").filter((line) => !/^\s+Compiling/.test(line)).slice(-25).join("\n"),
      "cd bpf-rs && cargo build --release",
    );
  }
  await Deno.copyFile(`${env.CARGO_TARGET_DIR}/release/${FILE_NAME}`, `${path}.${Deno.pid}`);
  await Deno.rename(`${path}.${Deno.pid}`, path);
  progress.end(`native part built in ${seconds()}`);
}

/** The link changes by a rename: a program that starts meanwhile finds the old or the new library, never none. */
async function linkLibrary(path: string): Promise<void> {
  await Deno.mkdir(`${ROOT}/bpf-rs/target`, { recursive: true });
  const temporary = `${LIBRARY_LINK}.${Deno.pid}`;
  await Deno.symlink(path, temporary);
  await Deno.rename(temporary, LIBRARY_LINK);
}

/** Hashes every source file of the workspace, the compiler's version and the architecture. */
async function hashSources(): Promise<string> {
  const parts = [(await run("rustc", ["--version"])).stdout, Deno.build.arch];
  for (const name of listSources(`${ROOT}/bpf-rs`, "")) {
    parts.push(name, await digest(await Deno.readFile(`${ROOT}/bpf-rs/${name}`)));
  }
  return (await digest(new TextEncoder().encode(parts.join("\n")))).slice(0, 24);
}

function listSources(folder: string, prefix: string): string[] {
  const names: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    const name = prefix + entry.name;
    if (entry.isDirectory && !NOT_SOURCE.has(entry.name)) {
      names.push(...listSources(`${folder}/${entry.name}`, name + "/"));
    }
    if (entry.isFile && !name.endsWith(".md")) names.push(name);
  }
  return names.sort();
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
