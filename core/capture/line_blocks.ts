import type { ByteInput } from "./byte_input.ts";
import type { SourceSink } from "./source.ts";
import { HEAD_BYTES } from "./guess_input.ts";
import { TimeSlice } from "./time_slice.ts";

const BLOCK_BYTES = 256 * 1024;
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const NEWLINE = 10;

/** Takes lines out of a block of bytes. */
export interface LineTaker {
  /** The input begins with these bytes, at most 16 KiB of them; valid during the call. */
  begin?(head: Uint8Array): void;
  /**
   * Takes the line that starts at `from`; `limit` is the end of the bytes that are there. Gives where the next line starts,
   * or -1 when the line's end is not there yet.
   */
  line(bytes: Uint8Array, from: number, limit: number): number;
  /** A line longer than 256 MiB was dropped. */
  tooLong(): void;
}

/**
 * Feeds the lines of an input to `taker`, in slices of a few milliseconds. A last line without an end gets one. Ends early when
 * `isStopped` says so.
 */
export async function readLines(
  input: ByteInput,
  taker: LineTaker,
  sink: SourceSink,
  isStopped: () => boolean,
): Promise<void> {
  const reader = new LineReader(taker, sink, isStopped);
  let isFirst = true;
  while (!isStopped()) {
    const free = reader.free();
    const count = await input.read(free);
    if (isFirst && count !== null) taker.begin?.(free.subarray(0, Math.min(count, HEAD_BYTES)));
    isFirst = false;
    await reader.add(count ?? 0);
    if (count === null) return await reader.finish();
  }
}

class LineReader {
  readonly #taker: LineTaker;
  readonly #isStopped: () => boolean;
  readonly #slice: TimeSlice;
  #block = new Uint8Array(BLOCK_BYTES);
  #end = 0;
  /** The rest of a line that was too long is being dropped. */
  #isSkipping = false;

  constructor(taker: LineTaker, sink: SourceSink, isStopped: () => boolean) {
    this.#taker = taker;
    this.#slice = new TimeSlice(sink);
    this.#isStopped = isStopped;
  }

  /** Where the next bytes go. One byte stays free for the newline that the last line may lack. */
  free(): Uint8Array {
    return this.#block.subarray(this.#end, this.#block.length - 1);
  }

  /** Takes the lines that `count` new bytes complete. */
  async add(count: number): Promise<void> {
    const limit = this.#end + count;
    const firstEnd = findLineEnd(this.#block, this.#end, limit);
    // Without a newline among the new bytes the first line is still open; looking at it again would cost its square.
    if (firstEnd < 0) return this.#keep(0, limit);
    let from = this.#isSkipping ? firstEnd + 1 : 0;
    this.#isSkipping = false;
    while (from < limit && !this.#isStopped()) {
      const next = this.#taker.line(this.#block, from, limit);
      if (next < 0) break;
      from = next;
      if (this.#slice.isOver()) await this.#slice.next();
    }
    this.#keep(from, limit);
  }

  /** Ends the last line. */
  async finish(): Promise<void> {
    if (this.#end === 0 || this.#isSkipping) return;
    this.#block[this.#end] = NEWLINE;
    await this.add(1);
  }

  #keep(from: number, limit: number): void {
    if (this.#isSkipping) {
      this.#end = 0;
      return;
    }
    this.#block.copyWithin(0, from, limit);
    this.#end = limit - from;
    if (this.#end >= MAX_LINE_BYTES) {
      this.#taker.tooLong();
      this.#isSkipping = true;
      this.#end = 0;
    } else if (this.#end >= this.#block.length - 1) {
      const larger = new Uint8Array(this.#block.length * 2);
      larger.set(this.#block);
      this.#block = larger;
    }
  }
}

/** Gives the end of the line that starts at or before `from` (the newline's index), or -1 when it is not there yet. */
export function findLineEnd(bytes: Uint8Array, from: number, limit: number): number {
  const at = bytes.indexOf(NEWLINE, from);
  return at < 0 || at >= limit ? -1 : at;
}
