import type { EventFilter } from "../filter/filter.ts";
import { parseTimestampUs } from "../model/time.ts";

/** Most events that are kept, and most characters of them. */
const MAX_EVENTS = 4096;
const MAX_CHARACTERS = 4 * 1024 * 1024;

interface Kept {
  readonly timestamp: string;
  readonly text: string;
}

/** The last events as JSON, for clients that ask what was before they came. Bounded by number and size; the oldest go first. */
export class RecentEvents {
  #kept: Kept[] = [];
  /** Where the oldest is; what lies before it is gone. */
  #first = 0;
  #characters = 0;
  /** Time of the newest event that is gone. */
  forgottenUntil: string | undefined;

  /** Takes an event as JSON. One that is larger than all there is room for is forgotten at once. */
  add(timestamp: string, text: string): void {
    this.#kept.push({ timestamp, text });
    this.#characters += text.length;
    while (this.#kept.length - this.#first > MAX_EVENTS || this.#characters > MAX_CHARACTERS) this.#forget();
    if (this.#first < MAX_EVENTS) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }

  /** Events that are kept, not older than the time and matching the filter, in the order they came. */
  since(sinceUs: number, filter: EventFilter | undefined): string[] {
    const found: string[] = [];
    for (let i = this.#first; i < this.#kept.length; i++) {
      const event = this.#kept[i];
      if (event === undefined || (parseTimestampUs(event.timestamp) ?? 0) < sinceUs) continue;
      if (filter === undefined || filter.matches(JSON.parse(event.text) as object)) found.push(event.text);
    }
    return found;
  }

  #forget(): void {
    const oldest = this.#kept[this.#first];
    if (oldest === undefined) return;
    // Releases the text; the place itself is reused later.
    this.#kept[this.#first++] = { timestamp: oldest.timestamp, text: "" };
    this.#characters -= oldest.text.length;
    if (this.forgottenUntil === undefined || oldest.timestamp > this.forgottenUntil) {
      this.forgottenUntil = oldest.timestamp;
    }
  }
}
