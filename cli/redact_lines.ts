/** Redacts a stream of lines that are events, text, or both. */
import type { OispEvent } from "../core/model/oisp_event.ts";
import type { RedactedViews, Redactor } from "../core/redact/redactor.ts";

/** What the lines are; `auto` decides for each. */
export type LineForm = "auto" | "events" | "text";

/** Longest part of a text that is held back for the end of a key block. */
const MAX_HELD_CHARACTERS = 64 * 1024;
const KEY_BLOCK_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}-----/g;

function isEvent(value: unknown): value is OispEvent {
  return typeof value === "object" && value !== null && "event_type" in value && typeof value.event_type === "string" &&
    "data" in value && typeof value.data === "object" && value.data !== null;
}

function parseEvent(line: string): OispEvent | undefined {
  if (!line.startsWith("{") || !line.includes('"event_type"')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where a key block begins that has not ended yet; the text's length when there is none. */
function findOpenBlock(text: string): number {
  let open = text.length;
  for (const match of text.matchAll(KEY_BLOCK_BEGIN)) open = match.index;
  if (open === text.length || /-----END [A-Z0-9 ]{0,40}-----/.test(text.slice(open))) return text.length;
  return text.length - open > MAX_HELD_CHARACTERS ? text.length : open;
}

/** Takes text in pieces of any size and gives redacted text. */
export class LineRedactor {
  readonly #redactor: Redactor;
  readonly #form: LineForm;
  readonly #isUnchanged: boolean;
  #line = "";
  /** Lines of text that are scanned together, so that a key block over several lines is seen whole. */
  #text = "";
  #lineNumber = 0;
  /** Numbers of lines that should have been events. */
  readonly badLines: number[] = [];
  badLineCount = 0;

  constructor(redactor: Redactor, form: LineForm) {
    this.#redactor = redactor;
    this.#form = form;
    this.#isUnchanged = redactor.modes[0] === "full";
  }

  /** Takes the next piece; gives what can be shown now. */
  push(piece: string): string {
    if (!piece.includes("\n")) {
      this.#line += piece;
      return "";
    }
    const lines = (this.#line + piece).split("\n");
    this.#line = lines.pop() ?? "";
    let output = "";
    for (const line of lines) output += this.#take(line, "\n");
    return output + this.#releaseText(findOpenBlock(this.#text));
  }

  /** The input ended; gives the rest. */
  close(): string {
    const rest = this.#line === "" ? "" : this.#take(this.#line, "");
    this.#line = "";
    const text = this.#releaseText(this.#text.length);
    return rest + text + renderEvents(this.#redactor.close());
  }

  #take(line: string, lineEnd: string): string {
    this.#lineNumber++;
    const event = this.#form === "text" ? undefined : parseEvent(line);
    if (event !== undefined) return this.#releaseText(this.#text.length) + this.#redactEvent(event, line, lineEnd);
    if (this.#form === "events" && line.trim() !== "") this.#noteBad();
    else this.#text += line + lineEnd;
    return "";
  }

  #redactEvent(event: OispEvent, line: string, lineEnd: string): string {
    try {
      return renderEvents(this.#redactor.push(event));
    } catch {
      // Looks like an event and is none: as a text nothing of it is left unscanned.
      return this.#redactText(line + lineEnd);
    }
  }

  #redactText(text: string): string {
    return this.#isUnchanged ? text : this.#redactor.redactText(text);
  }

  #releaseText(end: number): string {
    if (end === 0) return "";
    const released = this.#redactText(this.#text.slice(0, end));
    this.#text = this.#text.slice(end);
    return released;
  }

  #noteBad(): void {
    this.badLineCount++;
    if (this.badLines.length < 5) this.badLines.push(this.#lineNumber);
  }
}

function renderEvents(released: readonly RedactedViews[]): string {
  let text = "";
  for (const [view] of released) if (view !== undefined) text += JSON.stringify(view) + "\n";
  return text;
}
