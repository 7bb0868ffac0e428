import type { SourceSink } from "./source.ts";

/** Longest time one slice of work may hold the event loop, in milliseconds: timers, signals and sockets wait this long. */
const SLICE_MS = 4;

/** Work units between two looks at the clock. */
const UNITS_PER_LOOK = 32;

/** Cuts long synchronous work into slices, so that the event loop runs in between. */
export class TimeSlice {
  readonly #sliceEnd: () => Promise<void> | undefined;
  #startedMs = performance.now();
  #units = 0;

  /** @param sink told at the end of each slice; work waits for its promise. */
  constructor(sink: Pick<SourceSink, "sliceEnd">) {
    this.#sliceEnd = () => sink.sliceEnd?.();
  }

  /** Says whether the slice is used up; to be asked after each unit of work. */
  isOver(): boolean {
    if (++this.#units % UNITS_PER_LOOK !== 0) return false;
    return performance.now() - this.#startedMs >= SLICE_MS;
  }

  /** Lets the event loop run, then begins a new slice. */
  async next(): Promise<void> {
    await this.#sliceEnd();
    // A message task runs after timers and sockets had their turn; setTimeout(0) would cost a millisecond each time.
    await new Promise((resolve) => setImmediate(resolve));
    this.#startedMs = performance.now();
    this.#units = 0;
  }
}
