import type { ExporterHandle } from "../export/exporter.ts";
import type { RedactedEvent, RedactionMode } from "../model/oisp_event.ts";
import { DropCounts } from "./drop_counts.ts";

/** A destination in use: an opened exporter and what it may see. */
export interface Destination {
  /** Name for status and health: the exporter's id, or what the user called it. */
  readonly name: string;
  readonly mode: RedactionMode;
  readonly handle: ExporterHandle;
}

/** Something inside this process that sees each event: the live hub, a report. Must not keep or change it. */
export interface EventTap {
  readonly mode: RedactionMode;
  take(event: RedactedEvent): void;
}

/** Events that may wait in a batch before it is handed on at once. */
const MAX_BATCH = 256;
/** Events between two waits for the destinations of a source that can wait. */
const EVENTS_PER_FLUSH = 1024;

interface Outlet {
  readonly name: string;
  readonly modeIndex: number;
  readonly handle: ExporterHandle;
  batch: RedactedEvent[];
}

/** Hands redacted events to destinations, in batches, and to taps, at once. */
export class Outlets {
  readonly #outlets: readonly Outlet[];
  readonly #taps: readonly { readonly modeIndex: number; readonly tap: EventTap }[];
  /** Events that an outlet refused with an error, by outlet. */
  readonly failures = new DropCounts();
  #sinceFlush = 0;

  /** @param modes what the redactor yields, in its order. */
  constructor(modes: readonly RedactionMode[], destinations: readonly Destination[], taps: readonly EventTap[]) {
    this.#outlets = destinations.map(({ name, mode, handle }) => ({
      name,
      modeIndex: modes.indexOf(mode),
      handle,
      batch: [],
    }));
    this.#taps = taps.map((tap) => ({ modeIndex: modes.indexOf(tap.mode), tap }));
  }

  /** Takes one event in all its views. */
  take(views: readonly RedactedEvent[]): void {
    this.#sinceFlush++;
    for (const { modeIndex, tap } of this.#taps) {
      const event = views[modeIndex];
      if (event !== undefined) this.#tell(tap, event);
    }
    for (const outlet of this.#outlets) {
      const event = views[outlet.modeIndex];
      if (event === undefined) continue;
      outlet.batch.push(event);
      if (outlet.batch.length >= MAX_BATCH) this.#handOn(outlet);
    }
  }

  /** Hands every batch on. */
  handOn(): void {
    for (const outlet of this.#outlets) if (outlet.batch.length > 0) this.#handOn(outlet);
  }

  /**
   * Resolves when the destinations have taken what waits; undefined while there is little of it. Only for sources that can
   * wait: a live capture would lose bytes in the kernel instead of events in a queue.
   */
  room(): Promise<void> | undefined {
    return this.#sinceFlush < EVENTS_PER_FLUSH ? undefined : this.flush();
  }

  /** Resolves when everything was delivered or counted as dropped. */
  async flush(): Promise<void> {
    this.#sinceFlush = 0;
    this.handOn();
    await Promise.allSettled(this.#outlets.map(({ handle }) => handle.flush()));
  }

  /** Ends every destination within the budget; one that fails harms no other. */
  async close(budgetMs: number): Promise<void> {
    this.handOn();
    await Promise.allSettled(this.#outlets.map(({ handle }) => handle.close(budgetMs)));
  }

  /** One outlet that fails harms no other. */
  #tell(tap: EventTap, event: RedactedEvent): void {
    try {
      tap.take(event);
    } catch {
      this.failures.add("tap");
    }
  }

  #handOn(outlet: Outlet): void {
    const batch = outlet.batch;
    outlet.batch = [];
    try {
      outlet.handle.write(batch);
    } catch {
      for (let i = 0; i < batch.length; i++) this.failures.add(outlet.name);
    }
  }
}
