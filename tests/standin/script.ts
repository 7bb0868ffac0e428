/** Lines that the stand-in says instead of its own words: a story for a recording that people look at. */
import { listOf, recordOf, type Wishes } from "./answer.ts";

/** What is said to a request whose last message holds a text. */
export interface Line {
  /** Text that the last message holds, in its JSON form. */
  readonly when: string;
  /** How often it is said; after that the next fitting line counts. Always when absent. */
  readonly times?: number;
  readonly wishes: Wishes;
}

/** The lines of one run, and how often each was said. */
export class Script {
  readonly #left: { readonly line: Line; times: number }[];

  constructor(lines: readonly Line[]) {
    this.#left = lines.map((line) => ({ line, times: line.times ?? Infinity }));
  }

  /** Takes the first line that fits a request's body; undefined when none does. */
  take(body: Readonly<Record<string, unknown>>): Wishes | undefined {
    const last = JSON.stringify(recordOf(listOf(body.messages).at(-1)));
    const found = this.#left.find(({ line, times }) => times > 0 && last.includes(line.when));
    if (found) found.times--;
    return found?.line.wishes;
  }
}
