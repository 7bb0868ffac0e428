/** Bytes of a file, a pipe or a socket as lines that are events; everything else is counted, and never shown. */
import { HEAD_BYTES } from "../../core/capture/guess_input.ts";
import type { EventFilter } from "../../core/filter/filter.ts";
import { parseTimestampUs } from "../../core/model/time.ts";

/** Which events are wanted. */
export interface EventSelection {
  readonly filter?: EventFilter;
  /** Not older than this, in microseconds since 1970. */
  readonly sinceUs?: number;
}

/** A longer line is no event; it is dropped as it comes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const MAX_LISTED_LINES = 5;
const NEWLINE = 10;
const OPENING_BRACE = 0x7b;
/** Space, tab, carriage return, and the bytes of a byte order mark. */
const LEADING_BYTES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0xef, 0xbb, 0xbf]);

interface EventFacts {
  readonly timestamp: string;
}

/** Cuts, checks and selects. A line that has not ended yet waits for its end. */
export class EventLines {
  readonly #selection: EventSelection;
  readonly #decoder = new TextDecoder();
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  /** The line under way cannot become an event; its bytes are dropped. */
  #isSkipping = false;
  #lineNumber = 1;
  #head: Uint8Array | undefined;
  /** Lines that are no events. */
  badCount = 0;
  /** Numbers of the first of them. */
  readonly badLines: number[] = [];
  /** The input ended inside a line that is no event. */
  endsInsideLine = false;

  constructor(selection: EventSelection) {
    this.#selection = selection;
  }

  /** The first bytes of the input; empty before there were any. */
  get head(): Uint8Array {
    return this.#head ?? new Uint8Array();
  }

  /** Takes bytes; gives the wanted lines that they complete. The bytes may be used again afterwards. */
  push(bytes: Uint8Array): string[] {
    this.#head ??= bytes.slice(0, HEAD_BYTES);
    const lines: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#endLine(bytes.subarray(from, end), lines);
      from = end + 1;
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
    return lines;
  }

  /** The input ended; what is left is a line as well. */
  close(): string[] {
    const lines: string[] = [];
    if (this.#restBytes === 0 && !this.#isSkipping) return lines;
    const before = this.badCount;
    const wasSkipping = this.#isSkipping;
    this.#endLine(new Uint8Array(), lines);
    this.endsInsideLine = this.badCount > before && !wasSkipping;
    return lines;
  }

  /** The input begins anew: a line that had not ended will never. */
  restart(): void {
    this.#rest = [];
    this.#restBytes = 0;
    this.#isSkipping = false;
    this.#lineNumber = 1;
  }

  #endLine(last: Uint8Array, lines: string[]): void {
    if (!this.#isSkipping) {
      const text = this.#decoder.decode(this.#join(last)).trim();
      if (text !== "") this.#take(text, lines);
    }
    this.#rest = [];
    this.#restBytes = 0;
    this.#isSkipping = false;
    this.#lineNumber++;
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#restBytes === 0) return last;
    const whole = new Uint8Array(this.#restBytes + last.length);
    let at = 0;
    for (const part of [...this.#rest, last]) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#isSkipping) return;
    this.#rest.push(bytes.slice());
    this.#restBytes += bytes.length;
    if (this.#restBytes <= MAX_LINE_BYTES && this.#mayBecomeEvent()) return;
    this.#noteBad();
    this.#isSkipping = true;
    this.#rest = [];
    this.#restBytes = 0;
  }

  /** Looks at the first byte only, so that a large file of something else is not kept in memory. */
  #mayBecomeEvent(): boolean {
    for (const part of this.#rest) {
      for (const byte of part) if (!LEADING_BYTES.has(byte)) return byte === OPENING_BRACE;
    }
    return true;
  }

  #take(text: string, lines: string[]): void {
    const event = parseEvent(text);
    const isWanted = event === undefined ? undefined : this.#isWanted(event);
    if (isWanted === undefined) this.#noteBad();
    else if (isWanted) lines.push(text);
  }

  /** Undefined: its time is needed and is none. */
  #isWanted(event: EventFacts): boolean | undefined {
    const { filter, sinceUs } = this.#selection;
    if (sinceUs !== undefined) {
      const timeUs = parseTimestampUs(event.timestamp);
      if (timeUs === undefined) return undefined;
      if (timeUs < sinceUs) return false;
    }
    return filter?.matches(event) !== false;
  }

  #noteBad(): void {
    this.badCount++;
    if (this.badLines.length < MAX_LISTED_LINES) this.badLines.push(this.#lineNumber);
  }
}

function parseEvent(text: string): EventFacts | undefined {
  if (text.charCodeAt(0) !== OPENING_BRACE) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is EventFacts {
  return typeof value === "object" && value !== null && "event_type" in value && typeof value.event_type === "string" &&
    "timestamp" in value && typeof value.timestamp === "string" && "data" in value && typeof value.data === "object" &&
    value.data !== null;
}
