/** Prints event lines that come as JSON text: from a sensor, a file or a pipe. */
import type { OispEvent, RedactedEvent } from "../../core/model/oisp_event.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import type { Io } from "../io.ts";
import { renderEventLine } from "../term/event_line.ts";
import { sanitize } from "../term/sanitize.ts";

/** Takes JSON lines. */
export interface EventPrinter {
  /** Prints a line; waits for a slow reader. @throws {Deno.errors.BrokenPipe} when the reader is gone */
  print(line: string): Promise<void>;
  /** Lines printed so far. */
  readonly count: number;
}

function isEvent(value: unknown): value is OispEvent {
  return typeof value === "object" && value !== null && "event_type" in value && "timestamp" in value &&
    "data" in value && typeof value.data === "object" && value.data !== null;
}

/** Masks once more: a file may have been written by anything, and only redacted events are rendered. */
function createRenderer(io: Io): (line: string) => string {
  const redactor = createRedactor({ modes: ["masked"] });
  const render = (event: RedactedEvent) =>
    renderEventLine(event, { hasColor: io.stdout.hasColor, columns: io.stdout.columns() });
  return (line) => {
    try {
      const value: unknown = JSON.parse(line);
      if (!isEvent(value)) return sanitize(redactor.redactText(line));
      const lines = redactor.push(value).flatMap(([view]) => view === undefined ? [] : [render(view)]);
      return lines.join("\n");
    } catch {
      return sanitize(redactor.redactText(line));
    }
  };
}

/** Characters that change what a terminal shows and may stand in JSON as they are. */
const TERMINAL_CHARACTERS = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The same JSON, with such characters as escapes; they can stand in its texts only. */
function escapeJson(line: string): string {
  return line.replace(TERMINAL_CHARACTERS, (text) => `\\u${text.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Creates the printer: event lines on a terminal, else the JSON as it came. */
export function createEventPrinter(io: Io, isJson: boolean): EventPrinter {
  const encoder = new TextEncoder();
  const render = !io.stdout.isTerminal ? (line: string) => line : isJson ? escapeJson : createRenderer(io);
  let count = 0;
  return {
    get count() {
      return count;
    },
    async print(line) {
      if (line.trim() === "") return;
      const text = render(line);
      count++;
      if (text !== "") await io.stdout.write(encoder.encode(text + "\n"));
    },
  };
}
