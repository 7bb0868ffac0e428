import type { EventFilter } from "../../core/filter/filter.ts";
import type { ExporterHandle } from "../../core/export/exporter.ts";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";
import type { Destination } from "../../core/pipeline/outlets.ts";

/** Hands on what the filter lets through, and counts the rest; without a filter gives the destination itself. */
export function filterDestination(destination: Destination, filter: EventFilter | undefined): Destination {
  return filter === undefined ? destination : { ...destination, handle: filterHandle(destination.handle, filter) };
}

function filterHandle(handle: ExporterHandle, filter: EventFilter): ExporterHandle {
  let filteredOut = 0;
  return {
    ...passOn(handle),
    write(events) {
      const kept = events.filter((event) => filter.matches(event));
      filteredOut += events.length - kept.length;
      if (kept.length > 0) handle.write(kept);
    },
    health: () => ({ ...handle.health(), filteredOut }),
  };
}

/** Lets the first events through only, and calls `onLast` with the last of them. */
export function limitDestination(destination: Destination, limit: number, onLast: () => void): Destination {
  const { handle } = destination;
  let left = limit;
  const write = (events: readonly RedactedEvent[]) => {
    if (left <= 0) return;
    const kept = events.slice(0, left);
    left -= kept.length;
    if (kept.length > 0) handle.write(kept);
    if (left === 0) onLast();
  };
  return { ...destination, handle: { ...passOn(handle), write } };
}

/** The same handle as a new object, so that some of it can be replaced. */
export function passOn(handle: ExporterHandle): ExporterHandle {
  return {
    write: (events) => handle.write(events),
    flush: () => handle.flush(),
    close: (budgetMs) => handle.close(budgetMs),
    health: () => handle.health(),
    ...(handle.ended === undefined ? {} : { ended: handle.ended }),
  };
}
