import type { RecordingFile } from "../capture/recording_file.ts";

/** What becomes of a record that waits. */
export type Fate = "undecided" | "keep" | "drop";

/** A record on its way into the file. Records leave in the order in which they came, so an undecided one holds up the rest. */
export interface QueuedRecord {
  /** The whole record; its payload is masked in place before it is kept. */
  readonly bytes: Uint8Array;
  fate: Fate;
  /** Records that must stand before this one: the connection's own facts, fillers. */
  before: Uint8Array[] | undefined;
}

/** The records between capture and file. */
export class RecordingQueue {
  /** Bytes of undecided records. */
  undecidedBytes = 0;
  readonly #file: RecordingFile;
  #records: QueuedRecord[] = [];
  #first = 0;

  constructor(file: RecordingFile) {
    this.#file = file;
  }

  /** Appends a record. */
  add(bytes: Uint8Array, fate: Fate): QueuedRecord {
    const record: QueuedRecord = { bytes, fate, before: undefined };
    if (fate === "keep" && this.#first === this.#records.length) {
      this.#file.write(bytes);
      return record;
    }
    this.#records.push(record);
    if (fate === "undecided") this.undecidedBytes += bytes.length;
    return record;
  }

  /** Decides about a record that was undecided; others stay as they are. */
  decide(record: QueuedRecord, fate: "keep" | "drop"): void {
    if (record.fate !== "undecided") return;
    record.fate = fate;
    this.undecidedBytes -= record.bytes.length;
  }

  /** Writes what is decided, up to the first record that is not. */
  write(): void {
    while (this.#first < this.#records.length) {
      const record = this.#records[this.#first]!;
      if (record.fate === "undecided") break;
      this.#first++;
      if (record.fate === "drop") continue;
      for (const bytes of record.before ?? []) this.#file.write(bytes);
      this.#file.write(record.bytes);
    }
    if (this.#first > 1024 || this.#first === this.#records.length) {
      this.#records = this.#records.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The undecided record that waits longest. */
  oldestUndecided(): QueuedRecord | undefined {
    for (let at = this.#first; at < this.#records.length; at++) {
      if (this.#records[at]!.fate === "undecided") return this.#records[at];
    }
    return undefined;
  }
}
