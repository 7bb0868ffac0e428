import type { LossCounters } from "../model/loss.ts";

/** Counts what decode left out, by reason. Items are records, responses or exchanges, as the reason says. */
export class DropCounters implements LossCounters {
  readonly items: Record<string, number> = {};
  readonly bytes: Record<string, number> = {};

  /** Adds one item of `bytes` bytes. */
  add(reason: string, bytes: number): void {
    this.items[reason] = (this.items[reason] ?? 0) + 1;
    if (bytes > 0) this.bytes[reason] = (this.bytes[reason] ?? 0) + bytes;
  }
}
