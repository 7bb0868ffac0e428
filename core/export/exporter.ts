import type { GenericSchema } from "valibot";
import type { Plugin } from "../model/plugin.ts";
import type { RedactedEvent } from "../model/oisp_event.ts";
import type { FileOpener } from "./file_opener.ts";

/** State of a destination: one source of truth for `/api/health`, `/metrics` and `oisp status`. */
export interface ExporterHealth {
  readonly status: "ok" | "degraded" | "failed";
  readonly eventsExported: number;
  /** Dropped events by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Events that its filter left out; absent without a filter. */
  readonly filteredOut?: number;
  readonly lastError?: string;
}

/** One opened destination. */
export interface ExporterHandle {
  /** Takes events in order; returns at once. Bounded inside: drops the oldest and counts. */
  write(events: readonly RedactedEvent[]): void;
  /** Resolves when everything taken so far was delivered or counted as dropped. */
  flush(): Promise<void>;
  /** Flushes within the budget and releases resources. Idempotent. */
  close(budgetMs: number): Promise<void>;
  /** Current state. */
  health(): ExporterHealth;
  /** Aborted when the reader is gone for good (a closed pipe): the command that writes for it alone ends cleanly. */
  readonly ended?: AbortSignal;
}

/** A stream of bytes that this program did not open. */
export interface ByteStream {
  /** Gives how many bytes were taken; waits for a slow reader. */
  write(bytes: Uint8Array): Promise<number>;
  /** The same at once; only there where no reader can be slow, such as a regular file. */
  writeSync?(bytes: Uint8Array): number;
}

/** What a destination is opened with besides its options. */
export interface ExportContext {
  /** Opens files with the caller's rights. */
  readonly files: FileOpener;
  /** Standard output. */
  readonly stdout: ByteStream;
}

/** A destination kind. `O` are its checked options, with the keys of the configuration file. */
export interface Exporter<O> extends Plugin {
  /** Schema of `[export.<id>]`; gives the defaults. */
  readonly configSchema: GenericSchema<unknown, O>;
  /** Opens a destination. Rejects with a `FindingError` that says what, why and what to do. */
  open(options: O, context: ExportContext): Promise<ExporterHandle>;
}
