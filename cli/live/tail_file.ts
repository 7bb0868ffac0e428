/** Lines of a file of events, and of what is appended to it. */
import { type CheckedPath, isSameFile, openByteInput } from "../../core/capture/byte_input.ts";

/** A path, and under sudo the file that the caller may read. */
export type TailPath = string | CheckedPath;

const BLOCK_BYTES = 256 * 1024;
const POLL_MS = 200;

/** How a file is read. */
export interface TailFileOptions {
  /** Only the last ones of what is there at the start. */
  readonly lastLines?: number;
  /** Wait for more. */
  readonly follows: boolean;
  readonly signal: AbortSignal;
}

class LineCutter {
  #decoder = new TextDecoder();
  #rest = "";

  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }

  close(): string[] {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = "";
    return last === "" ? [] : [last];
  }
}

/** Which file was read, and how far. */
interface Progress {
  inode: number | null;
  bytes: number;
  /** Holds a line that has not ended yet. */
  cutter: LineCutter;
}

async function* readAll(from: TailPath, progress: Progress, isWhole: boolean): AsyncGenerator<string[]> {
  // Taken before it is opened: a file that takes its place meanwhile is then read from its beginning, never missed.
  progress.inode = (await Deno.stat(toPath(from)).catch(() => undefined))?.ino ?? null;
  const input = await openByteInput(from);
  const buffer = new Uint8Array(BLOCK_BYTES);
  const { cutter } = progress;
  try {
    for (let count = await input.read(buffer); count !== null; count = await input.read(buffer)) {
      progress.bytes += count;
      yield cutter.push(buffer.subarray(0, count));
    }
    if (isWhole) yield cutter.close();
  } finally {
    input.close();
  }
}

/** Keeps the last lines only; memory is bounded by them. */
async function readLast(
  from: TailPath,
  lastLines: number,
  progress: Progress,
  isWhole: boolean,
): Promise<string[]> {
  let kept: string[] = [];
  for await (const lines of readAll(from, progress, isWhole)) {
    kept = [...kept, ...lines.filter((line) => line.trim() !== "")];
    if (kept.length > lastLines) kept = lastLines === 0 ? [] : kept.slice(-lastLines);
  }
  return kept;
}

function sleep(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, POLL_MS);
    signal.addEventListener("abort", end);
  });
}

function toPath(from: TailPath): string {
  return typeof from === "string" ? from : from.path;
}

/**
 * What is appended from where reading ended; a file that was exchanged or cut is read from its beginning. Where only one file may
 * be read, another one in its place is not.
 */
async function* follow(from: TailPath, progress: Progress, signal: AbortSignal): AsyncGenerator<string[]> {
  const path = toPath(from);
  let at = progress.bytes;
  let { inode, cutter } = progress;
  const buffer = new Uint8Array(BLOCK_BYTES);
  while (!signal.aborted) {
    const info = await Deno.stat(path).catch(() => undefined);
    if (info !== undefined && (info.ino !== inode || info.size < at)) {
      at = 0;
      inode = info.ino;
      cutter = new LineCutter();
    }
    if (info === undefined || info.size <= at) {
      await sleep(signal);
      continue;
    }
    using file = await Deno.open(path);
    if (typeof from !== "string" && !isSameFile(file, from)) {
      await sleep(signal);
      continue;
    }
    await file.seek(at, Deno.SeekMode.Start);
    const count = await file.read(buffer) ?? 0;
    at += count;
    yield cutter.push(buffer.subarray(0, count));
  }
}

/**
 * Gives the lines of a file, then with `follows` those that are added, until the signal.
 * @throws {FindingError} with exit code 66 when it cannot be opened
 */
export async function* tailFile(from: TailPath, options: TailFileOptions): AsyncGenerator<string> {
  const { lastLines, follows, signal } = options;
  const progress: Progress = { inode: null, bytes: 0, cutter: new LineCutter() };
  const canFollow = follows && from !== "-";
  if (lastLines !== undefined) yield* await readLast(from, lastLines, progress, !canFollow);
  else {
    for await (const lines of readAll(from, progress, !canFollow)) {
      yield* lines;
      if (signal.aborted) return;
    }
  }
  if (!canFollow) return;
  for await (const lines of follow(from, progress, signal)) yield* lines;
}
