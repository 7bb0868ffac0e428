import type { ExporterHandle, ExporterHealth } from "../../core/export/exporter.ts";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";

/** Where the bytes go. */
export interface ByteTarget {
  /** Resolves when all bytes were taken. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** How a line stream is made. */
export interface LineStreamOptions {
  readonly target: ByteTarget;
  /** Gives the text of an event, without line end. */
  readonly render: (event: RedactedEvent) => string;
  /** The reader is gone (`true`), or writing failed. Called once; nothing is written afterwards. */
  readonly onEnd?: (isBrokenPipe: boolean) => void;
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly events: number;
}

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const encoder = new TextEncoder();

/**
 * Events as lines to a stream that may be slow: standard output, a file of `-o`. The queue is bounded; when the reader is too
 * slow the oldest lines are dropped and counted.
 */
export class LineStream implements ExporterHandle {
  readonly #options: LineStreamOptions;
  #queue: Chunk[] = [];
  #queuedBytes = 0;
  #eventsExported = 0;
  #dropped: Record<string, number> = {};
  #lastError: string | undefined;
  #pump: Promise<void> | undefined;
  #isEnded = false;

  constructor(options: LineStreamOptions) {
    this.#options = options;
  }

  write(events: readonly RedactedEvent[]): void {
    if (events.length === 0) return;
    if (this.#isEnded) return this.#drop(this.#lastError === undefined ? "closed" : "write_failed", events.length);
    let text = "";
    for (const event of events) text += this.#options.render(event) + "\n";
    const bytes = encoder.encode(text);
    this.#queue.push({ bytes, events: events.length });
    this.#queuedBytes += bytes.length;
    while (this.#queuedBytes > MAX_QUEUED_BYTES && this.#queue.length > 1) this.#dropOldest();
    this.#pump ??= this.#run();
  }

  async flush(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump;
  }

  async close(budgetMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const budget = new Promise<void>((resolve) => timer = setTimeout(resolve, budgetMs));
    await Promise.race([this.flush(), budget]);
    clearTimeout(timer);
    this.#isEnded = true;
    for (const chunk of this.#queue.splice(0)) this.#drop("shutdown", chunk.events);
    this.#options.target.close();
  }

  health(): ExporterHealth {
    return {
      status: this.#lastError === undefined ? "ok" : "failed",
      eventsExported: this.#eventsExported,
      dropped: { ...this.#dropped },
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  async #run(): Promise<void> {
    // A turn of the event loop later, so that what one slice made is written together.
    await Promise.resolve();
    for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
      this.#queuedBytes -= chunk.bytes.length;
      try {
        await this.#options.target.write(chunk.bytes);
        this.#eventsExported += chunk.events;
      } catch (error) {
        this.#fail(error, chunk.events);
      }
    }
    this.#pump = undefined;
  }

  #fail(error: unknown, events: number): void {
    const isBrokenPipe = error instanceof Deno.errors.BrokenPipe;
    if (!isBrokenPipe) this.#lastError = error instanceof Error ? error.message : String(error);
    this.#isEnded = true;
    const reason = isBrokenPipe ? "closed" : "write_failed";
    this.#drop(reason, events);
    for (const chunk of this.#queue.splice(0)) this.#drop(reason, chunk.events);
    this.#queuedBytes = 0;
    this.#options.onEnd?.(isBrokenPipe);
  }

  #dropOldest(): void {
    const chunk = this.#queue.shift();
    if (chunk === undefined) return;
    this.#queuedBytes -= chunk.bytes.length;
    this.#drop("queue_full", chunk.events);
  }

  #drop(reason: string, events: number): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + events;
  }
}
