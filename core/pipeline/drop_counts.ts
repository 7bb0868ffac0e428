import type { LossCounters } from "../model/loss.ts";

/** Counters of what one stage dropped, by reason. */
export class DropCounts implements LossCounters {
  readonly items: Record<string, number> = {};
  readonly bytes: Record<string, number> = {};

  /** Notes one item; `bytes` where they are known. */
  add(reason: string, bytes = 0): void {
    this.items[reason] = (this.items[reason] ?? 0) + 1;
    if (bytes > 0) this.bytes[reason] = (this.bytes[reason] ?? 0) + bytes;
  }
}
