/**
 * A destination that takes lines: events in, lines out, through a bounded queue. Everything about health, loss and shutdown of
 * such a destination is here; where the bytes go is the sink's business.
 */
import type { RedactedEvent } from "../model/oisp_event.ts";
import { type Batch, BatchEncoder } from "./batch_encoder.ts";
import type { ByteSink } from "./byte_sink.ts";
import type { ExporterHandle, ExporterHealth } from "./exporter.ts";
import { BoundedQueue, type QueueLimits } from "./queue.ts";

/** How lines are made and held. */
export interface LineWriterOptions extends QueueLimits {
  /** Most events in one write. */
  readonly maxBatch: number;
  /** Makes the line of an event, with its line end. */
  toLine(event: RedactedEvent): string;
}

/** Writes events as lines to a sink. */
export class LineWriter implements ExporterHandle {
  readonly #options: LineWriterOptions;
  readonly #sink: ByteSink;
  readonly #queue: BoundedQueue<string>;
  readonly #encoder: BatchEncoder;
  readonly #ended = new AbortController();
  readonly #dropped: Record<string, number> = {};
  #underWay: Promise<void> | undefined;
  #exported = 0;
  #lastError: string | undefined;
  #isFailing = false;
  #isClosed = false;

  /** Takes over the sink and closes it at the end. */
  constructor(sink: ByteSink, options: LineWriterOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#queue = new BoundedQueue(options);
    this.#encoder = new BatchEncoder(options.maxBatch);
  }

  /** Aborted when the reader has closed its end. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  write(events: readonly RedactedEvent[]): void {
    if (this.#isClosed || this.ended.aborted) {
      return this.#drop(this.#isClosed ? "closed" : "reader_gone", events.length);
    }
    for (const event of events) {
      const line = this.#options.toLine(event);
      this.#queue.push(line, line.length);
    }
    this.#pump();
  }

  async flush(): Promise<void> {
    while (this.#underWay !== undefined) await this.#underWay;
  }

  async close(budgetMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, budgetMs));
    await Promise.race([this.flush(), timeout]);
    clearTimeout(timer);
    this.#drop("shutdown", this.#queue.clear());
    this.#sink.close();
  }

  health(): ExporterHealth {
    const dropped = { ...this.#dropped };
    if (this.#queue.dropped > 0) dropped.queue_full = this.#queue.dropped;
    const status = this.ended.aborted ? "failed" : this.#isFailing ? "degraded" : "ok";
    const error = this.#lastError === undefined ? {} : { lastError: this.#lastError };
    return { status, eventsExported: this.#exported, dropped, ...error };
  }

  #drop(reason: string, count: number): void {
    if (count > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  /** Writes while there are lines; a sink that has to wait is left alone until it is done. */
  #pump(): void {
    while (this.#underWay === undefined && !this.ended.aborted) {
      const batch = this.#encoder.take(this.#queue);
      if (batch === undefined) return;
      this.#writeBatch(batch);
    }
  }

  #writeBatch(batch: Batch): void {
    try {
      const waiting = this.#sink.write(batch.bytes);
      if (waiting === undefined) return this.#succeed(batch);
      this.#underWay = waiting.then(() => this.#succeed(batch), (error) => this.#fail(batch, error)).finally(() => {
        this.#underWay = undefined;
        this.#pump();
      });
    } catch (error) {
      this.#fail(batch, error);
    }
  }

  #succeed({ count }: Batch): void {
    this.#exported += count;
    this.#isFailing = false;
  }

  #fail({ count }: Batch, error: unknown): void {
    this.#isFailing = true;
    this.#lastError = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Deno.errors.BrokenPipe)) return this.#drop("write_failed", count);
    this.#drop("reader_gone", count + this.#queue.clear());
    this.#ended.abort(error);
  }
}
