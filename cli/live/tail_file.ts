/** Events of a file, and of what is appended to it. */
import { type CheckedPath, isSameFile, openByteInput } from "../../core/capture/byte_input.ts";
import type { EventLines } from "./event_lines.ts";

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
  /** Cuts and selects; counts what is no event. */
  readonly lines: EventLines;
  /** Everything that is there so far was read. */
  readonly onEnd?: () => void;
  readonly signal: AbortSignal;
}

/** Which file was read, and how far. */
interface Progress {
  inode: number | null;
  bytes: number;
  /** Holds a line that has not ended yet. */
  readonly lines: EventLines;
}

async function* readAll(
  from: TailPath,
  progress: Progress,
  isWhole: boolean,
  signal: AbortSignal,
): AsyncGenerator<string[]> {
  const input = await openByteInput(from);
  const buffer = new Uint8Array(BLOCK_BYTES);
  const { lines } = progress;
  const stopped = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  // A pipe may keep us waiting for ever.
  const read = () => Promise.race([input.read(buffer), stopped]);
  try {
    for (let count = await read(); count !== null; count = await read()) {
      progress.bytes += count;
      yield lines.push(buffer.subarray(0, count));
    }
    if (isWhole && !signal.aborted) yield lines.close();
  } finally {
    input.close();
  }
}

/** Keeps the last lines only; memory is bounded by them. */
async function takeLast(batches: AsyncIterable<string[]>, lastLines: number): Promise<string[]> {
  let kept: string[] = [];
  for await (const lines of batches) {
    kept = [...kept, ...lines];
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
  let { inode } = progress;
  const buffer = new Uint8Array(BLOCK_BYTES);
  while (!signal.aborted) {
    const info = await Deno.stat(path).catch(() => undefined);
    if (info !== undefined && (info.ino !== inode || info.size < at)) {
      at = 0;
      inode = info.ino;
      progress.lines.restart();
    }
    if (info === undefined || info.size <= at) {
      await sleep(signal);
      continue;
    }
    // It may have gone, or changed its rights, since.
    using file = await Deno.open(path).catch(() => null);
    if (file === null || (typeof from !== "string" && !isSameFile(file, from))) {
      await sleep(signal);
      continue;
    }
    await file.seek(at, Deno.SeekMode.Start);
    const count = await file.read(buffer) ?? 0;
    at += count;
    yield progress.lines.push(buffer.subarray(0, count));
  }
}

/**
 * Gives the wanted lines of a file, then with `follows` those that are added, until the signal.
 * @throws {FindingError} with exit code 66 when it cannot be opened
 */
export async function* tailFile(from: TailPath, options: TailFileOptions): AsyncGenerator<string> {
  const { lastLines, follows, signal, lines, onEnd } = options;
  // Taken before it is opened: a file that takes its place meanwhile is then read from its beginning, never missed.
  const info = from === "-" ? undefined : await Deno.stat(toPath(from)).catch(() => undefined);
  const progress: Progress = { inode: info?.ino ?? null, bytes: 0, lines };
  const canFollow = follows && info?.isFile === true;
  const batches = readAll(from, progress, !canFollow, signal);
  if (lastLines !== undefined) yield* await takeLast(batches, lastLines);
  else for await (const batch of batches) yield* batch;
  onEnd?.();
  if (!canFollow) return;
  for await (const added of follow(from, progress, signal)) {
    yield* added;
    onEnd?.();
  }
}
