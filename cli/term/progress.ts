import type { Io } from "../io.ts";
import { fit } from "./width.ts";

/** A line that says how far something is. */
export interface Progress {
  /** Shows the text; at most four updates a second reach the terminal, none where there is no terminal. */
  update(text: string): void;
  /** Removes the line, so that other talk starts on a clean one. */
  clear(): void;
}

const MIN_INTERVAL_MS = 250;

/** Creates the progress line on stderr: only on a terminal, not with `--no-progress`, `--quiet` or `ACCESSIBLE=1`. */
export function createProgress(io: Io): Progress {
  if (!io.showsProgress || io.isQuiet || !io.stderr.isTerminal) return { update() {}, clear() {} };
  let lastMs = 0;
  let isShown = false;
  return {
    update(text) {
      const nowMs = performance.now();
      if (nowMs - lastMs < MIN_INTERVAL_MS) return;
      lastMs = nowMs;
      isShown = true;
      io.stderr.writeSync(`\r\x1b[K${fit(text, io.stderr.columns() - 1)}`);
    },
    clear() {
      if (isShown) io.stderr.writeSync("\r\x1b[K");
      isShown = false;
    },
  };
}
