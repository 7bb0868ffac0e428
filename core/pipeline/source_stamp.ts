import type { DraftEvent } from "../model/draft.ts";
import type { OispEvent } from "../model/oisp_event.ts";

type Source = NonNullable<OispEvent["source"]>;

/** Writes `source` into every event: what collected it and how. One object for all events of one capture point. */
export class SourceStamp {
  readonly #base: Source;
  readonly #byPoint = new Map<string, Source>();

  constructor(method: Source["capture_method"], version: string, sensorName: string | undefined) {
    // Frozen facts are redacted once a view instead of once an event.
    this.#base = Object.freeze({
      collector: "oisp",
      collector_version: version,
      capture_method: method,
      ...(sensorName === undefined ? {} : { sensor_name: sensorName }),
    });
  }

  /** Adds `source` to a draft, in place. */
  add(draft: DraftEvent): void {
    const library = draft.exchange?.connection.library;
    draft.event.source = library === undefined ? this.#base : this.#at(library);
  }

  #at(point: string): Source {
    let source = this.#byPoint.get(point);
    if (source === undefined) {
      source = Object.freeze({ ...this.#base, capture_point: point });
      this.#byPoint.set(point, source);
    }
    return source;
  }
}
