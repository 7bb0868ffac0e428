import type { RawClock } from "../model/raw_capture.ts";

/** How far before the offset's first time a later one may lie, in microseconds. */
const LEEWAY_US = 3_600_000_000;
/** Longest boot-clock time whose nanoseconds are an exact number, in microseconds. */
const MAX_BOOT_US = 9_000_000_000_000;

/**
 * Turns times since 1970 into boot-clock times of a text input, which has no boot clock: the first time decides the offset, so
 * that nanoseconds stay exact numbers.
 */
export class InputClock {
  #offsetUs: number | undefined;

  /** Gives the clock fact that must come before a fact of this time; undefined when the one given before still serves. */
  tick(timeUs: number): RawClock | undefined {
    const offsetUs = this.#offsetUs;
    if (offsetUs !== undefined && timeUs >= offsetUs && timeUs - offsetUs < MAX_BOOT_US) return undefined;
    this.#offsetUs = Math.max(0, timeUs - LEEWAY_US);
    const header = { seq: 0, entryNs: 0, returnNs: 0, tgid: 0, tid: 0, processKey: 0, cgroupId: 0, connId: 0 };
    return { kind: "clock", ...header, bootNs: 0, offsetUs: this.#offsetUs };
  }

  /** Gives the boot-clock time of whole microseconds since 1970. */
  toNs(timeUs: number): number {
    return Math.max(0, timeUs - (this.#offsetUs ?? 0)) * 1000;
  }
}
