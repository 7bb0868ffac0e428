import type { BoundedQueue } from "./queue.ts";

/** A batch as bytes. */
export interface Batch {
  /** A view of a buffer that the next call of the same encoder overwrites. */
  readonly bytes: Uint8Array;
  /** How many items it holds. */
  readonly count: number;
}

const BUFFER_BYTES = 256 * 1024;
const encoder = new TextEncoder();

/** Turns lines of a queue into bytes, as many as fit into one reused buffer. */
export class BatchEncoder {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #maxCount: number;

  /** `maxCount`: most lines in a batch. */
  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  /** Takes the next lines off the queue; undefined when it is empty. A line larger than the buffer is a batch of its own. */
  take(queue: BoundedQueue<string>): Batch | undefined {
    let used = 0;
    let count = 0;
    for (let line = queue.peek(); line !== undefined && count < this.#maxCount; line = queue.peek()) {
      // Three bytes a unit is the most UTF-8 needs; only then is room certain.
      if (line.length * 3 > BUFFER_BYTES - used) {
        if (count > 0) break;
        queue.take();
        return { bytes: encoder.encode(line), count: 1 };
      }
      used += encoder.encodeInto(line, this.#buffer.subarray(used)).written;
      count++;
      queue.take();
    }
    return count === 0 ? undefined : { bytes: this.#buffer.subarray(0, used), count };
  }
}
