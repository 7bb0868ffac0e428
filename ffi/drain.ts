import { FindingError } from "../core/model/finding.ts";
import type { NativeSymbols } from "./library.ts";

/** How the library is asked for records. */
export interface DrainOptions {
  /** Size of each of the two buffers, in bytes. */
  readonly bufferBytes: number;
  /** Longest wait of one call when nothing happens. */
  readonly timeoutMs: number;
  /** How long the library waits for more once it has one record. */
  readonly lingerUs: number;
}

/**
 * No linger: the library's own thread collects batches already, and a second wait wakes a thread once more for each. Whatever
 * ends the capture ends the call, so a timeout is only a wake-up for nothing. Two buffers of 2 MiB hold a burst while one is
 * decoded.
 */
export const DRAIN_DEFAULTS: DrainOptions = { bufferBytes: 2 * 1024 * 1024, timeoutMs: 60_000, lingerUs: 0 };

const ENDED = -1;
const TOO_SMALL = -2;
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Hands every batch of whole records to `take`, until the library has none left. While `take` works on one buffer the library
 * fills the other; a buffer is given back only when `take` is done with it, so its views are valid until then and not longer.
 * @throws {FindingError} with exit code 70 when the library reports an error.
 */
export async function drainRecords(
  native: NativeSymbols,
  handle: number,
  take: (records: Uint8Array<ArrayBuffer>) => void | Promise<void>,
  options: DrainOptions = DRAIN_DEFAULTS,
): Promise<void> {
  let filling = new Uint8Array(options.bufferBytes);
  let idle = new Uint8Array(options.bufferBytes);
  const poll = (buffer: Uint8Array<ArrayBuffer>) =>
    native.oisp_poll(handle, buffer, buffer.length, options.timeoutMs, options.lingerUs);
  let pending = poll(filling);
  for (;;) {
    const count = await pending;
    if (count === ENDED) return;
    if (count === TOO_SMALL && filling.length < MAX_BUFFER_BYTES) {
      filling = new Uint8Array(filling.length * 2);
      pending = poll(filling);
      continue;
    }
    if (count < 0) throw readFailed(count);
    const full = filling;
    filling = idle;
    idle = full;
    pending = poll(filling);
    if (count > 0) await takeOrWait(take, full.subarray(0, count), pending);
  }
}

/** A failing `take` must not leave a call running that writes into a buffer nobody owns. */
async function takeOrWait(
  take: (records: Uint8Array<ArrayBuffer>) => void | Promise<void>,
  records: Uint8Array<ArrayBuffer>,
  pending: Promise<number>,
): Promise<void> {
  try {
    await take(records);
  } catch (error) {
    await pending;
    throw error;
  }
}

function readFailed(code: number): FindingError {
  return new FindingError([{
    code: "OISP-FFI-005",
    severity: "error",
    what: `Cannot read from the capture library: error ${code}`,
    why: "The library closed the capture or was asked with a handle it does not know",
  }], 70);
}
