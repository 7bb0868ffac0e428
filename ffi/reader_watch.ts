/** Notices that whoever reads a pipe is gone, without writing to it. The runtime itself notices at the next write only. */

const LIBRARY = "libc.so.6";
const SYMBOLS = { poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true } } as const;
/** `struct pollfd`: fd (i32), events (i16), revents (i16). */
const POLLFD_BYTES = 8;
const REVENTS_OFFSET = 6;
const WAIT_FOR_EVER = -1;
/** A signal may interrupt the wait; an answer that is wrong each time must not become a busy loop. */
const MAX_FAILURES = 64;

/**
 * Resolves when nobody can read any more what is written to the descriptor: the reading end of its pipe or socket was closed. One
 * thread of the runtime sleeps in `poll(2)` until then, or until the program exits; nothing wakes up meanwhile. Undefined where it
 * cannot be watched: no right to call native code, or another C library.
 */
export function watchReader(descriptor: number): Promise<void> | undefined {
  try {
    const library = Deno.dlopen(LIBRARY, SYMBOLS);
    return waitForHangUp(library.symbols.poll, descriptor).finally(() => library.close());
  } catch {
    return undefined;
  }
}

type Poll = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]["poll"];

async function waitForHangUp(poll: Poll, descriptor: number): Promise<void> {
  const facts = new DataView(new ArrayBuffer(POLLFD_BYTES));
  facts.setInt32(0, descriptor, true);
  // No event is asked for: an error or a hang-up is reported always.
  for (let failures = 0; failures < MAX_FAILURES; failures++) {
    const count = await poll(new Uint8Array(facts.buffer), 1n, WAIT_FOR_EVER);
    if (count > 0 && facts.getInt16(REVENTS_OFFSET, true) !== 0) return;
  }
  await new Promise<never>(() => {});
}
