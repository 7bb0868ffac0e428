import type { EventFilter } from "../filter/filter.ts";
import type { LossCounters } from "../model/loss.ts";
import type { RedactedEvent, RedactionMode } from "../model/oisp_event.ts";
import { RecentEvents } from "./recent_events.ts";

/** Most lines and bytes that wait for one client; beyond them the oldest are dropped and counted. */
const MAX_WAITING_LINES = 4096;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** State of one client, for status. */
export interface ClientState {
  /** Lines sent. */
  readonly sent: number;
  /** Lines dropped because the client was slow. */
  readonly dropped: number;
}

/** Which events a client wants; without members: all from now on. */
export interface StreamOptions {
  readonly filter?: EventFilter;
  /** Also those that are kept and not older than this, in microseconds since 1970. */
  readonly sinceUs?: number;
}

/**
 * Fans redacted events out to clients that are connected right now, and keeps the last ones for those that ask for them. A slow
 * client harms no other and no event.
 */
export class LiveHub {
  /** What the clients may see. */
  readonly mode: RedactionMode;
  readonly #recent = new RecentEvents();
  readonly #clients = new Set<LiveClient>();
  readonly #gone = { sent: 0, dropped: 0 };
  readonly #encoder = new TextEncoder();

  constructor(mode: RedactionMode) {
    this.mode = mode;
  }

  /** Takes an event. */
  take(event: RedactedEvent): void {
    const text = JSON.stringify(event);
    this.#recent.add(event.timestamp, text);
    let line: Uint8Array | undefined;
    for (const client of this.#clients) {
      if (client.filter?.matches(event) !== false) client.take(line ??= this.#encoder.encode(text + "\n"));
    }
  }

  /** Opens a stream of JSON lines that begins with the next event, or with kept ones. Cancelling it ends it. */
  stream({ filter, sinceUs }: StreamOptions = {}): ReadableStream<Uint8Array> {
    const client = new LiveClient(filter, (done) => {
      if (!this.#clients.delete(done)) return;
      this.#gone.sent += done.sent;
      this.#gone.dropped += done.dropped;
    });
    if (sinceUs !== undefined) {
      for (const text of this.#recent.since(sinceUs, filter)) client.take(this.#encoder.encode(text + "\n"));
    }
    this.#clients.add(client);
    return client.stream;
  }

  /** Time of the newest event that is no longer kept; undefined while all are. */
  forgottenUntil(): string | undefined {
    return this.#recent.forgottenUntil;
  }

  /** Clients that are connected. */
  clients(): readonly ClientState[] {
    return Array.from(this.#clients, ({ sent, dropped }) => ({ sent, dropped }));
  }

  /** Lines dropped for slow clients so far. */
  losses(): LossCounters {
    let dropped = this.#gone.dropped;
    for (const client of this.#clients) dropped += client.dropped;
    return { items: dropped === 0 ? {} : { slow_client: dropped }, bytes: {} };
  }

  /** Ends every stream once its client has taken what waits. */
  close(): void {
    for (const client of this.#clients) client.end();
  }
}

class LiveClient implements ClientState {
  sent = 0;
  dropped = 0;
  readonly filter: EventFilter | undefined;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #done: (client: LiveClient) => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isEnding = false;
  #wake: (() => void) | undefined;

  constructor(filter: EventFilter | undefined, done: (client: LiveClient) => void) {
    this.filter = filter;
    this.#done = done;
    this.stream = new ReadableStream<Uint8Array>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#done(this),
    }, { highWaterMark: 0 });
  }

  take(line: Uint8Array): void {
    if (this.#isEnding) return;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    while (this.#waiting.length > MAX_WAITING_LINES || this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#waitingBytes -= this.#waiting.shift()?.length ?? 0;
      this.dropped++;
    }
    this.#wake?.();
  }

  end(): void {
    this.#isEnding = true;
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#waiting.length === 0 && !this.#isEnding) await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.sent += lines.length;
    if (lines.length > 0) controller.enqueue(join(lines));
    if (!this.#isEnding) return;
    controller.close();
    this.#done(this);
  }
}

function join(lines: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
  let at = 0;
  for (const line of lines) {
    joined.set(line, at);
    at += line.length;
  }
  return joined;
}
