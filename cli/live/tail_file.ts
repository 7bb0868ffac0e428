/** Lines of a file of events, and of what is appended to it. */
import { openByteInput } from "../../core/capture/byte_input.ts";

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

async function* readAll(path: string): AsyncGenerator<string[]> {
  const input = await openByteInput(path);
  const buffer = new Uint8Array(BLOCK_BYTES);
  const cutter = new LineCutter();
  try {
    for (let count = await input.read(buffer); count !== null; count = await input.read(buffer)) {
      yield cutter.push(buffer.subarray(0, count));
    }
    yield cutter.close();
  } finally {
    input.close();
  }
}

/** Keeps the last lines only; memory is bounded by them. */
async function readLast(path: string, lastLines: number): Promise<string[]> {
  let kept: string[] = [];
  for await (const lines of readAll(path)) {
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

/** What is appended from `offset` on; a file that was exchanged or cut is read from its beginning. */
async function* follow(path: string, offset: number, signal: AbortSignal): AsyncGenerator<string[]> {
  let at = offset;
  let inode = (await Deno.stat(path)).ino;
  let cutter = new LineCutter();
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
export async function* tailFile(path: string, options: TailFileOptions): AsyncGenerator<string> {
  const { lastLines, follows, signal } = options;
  // Taken before reading, so that what is added meanwhile is read twice rather than never; then from where reading ended.
  const canFollow = follows && path !== "-";
  let bytes = 0;
  if (lastLines !== undefined) {
    if (canFollow) bytes = await sizeOf(path);
    yield* await readLast(path, lastLines);
  } else {
    for await (const lines of readAll(path)) {
      yield* lines;
      if (signal.aborted) return;
    }
    if (canFollow) bytes = await sizeOf(path);
  }
  if (!canFollow) return;
  for await (const lines of follow(path, bytes, signal)) yield* lines;
}

async function sizeOf(path: string): Promise<number> {
  return (await Deno.stat(path).catch(() => undefined))?.size ?? 0;
}
