import { watchReader } from "../../ffi/reader_watch.ts";
import type { Io } from "../io.ts";

const STDOUT = 1;

/**
 * Watches whoever reads standard output; what is handed to the result is called when they are gone, as `head -1` is after its
 * line. Without it a program that waits for an event would notice with the next event only. A terminal says it by a signal, a file
 * has no reader. To be called before the capture library is loaded.
 */
export function watchStdoutReader({ stdout }: Io): (stop: () => void) => void {
  if (stdout.isTerminal || stdout.isFile) return () => {};
  // Never rejects; it may never resolve either, and the program ends without it.
  const isGone = watchReader(STDOUT);
  return (stop) => void isGone?.then(stop);
}
