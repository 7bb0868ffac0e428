import { adviseOnInput } from "../../core/capture/guess_input.ts";
import type { Finding } from "../../core/model/finding.ts";
import { writeFindings } from "../errors.ts";
import type { Io } from "../io.ts";
import type { EventLines } from "./event_lines.ts";

/** Tells about lines of a file that are no events: when the first ones are there, and at the end what came later. */
export class BadLines {
  readonly #io: Io;
  readonly #path: string;
  readonly #lines: EventLines;
  #told = 0;

  constructor(io: Io, path: string, lines: EventLines) {
    this.#io = io;
    this.#path = path;
    this.#lines = lines;
  }

  /** Says what was found, if nothing was said yet: a view that goes on shall not be flooded. */
  tellFirst(): void {
    if (this.#told === 0) this.tell();
  }

  /** Says what was found in all, if there is more than was said. */
  tell(): void {
    const { badCount } = this.#lines;
    if (badCount === this.#told) return;
    const isFirst = this.#told === 0;
    this.#told = badCount;
    writeFindings(this.#io.stderr, [this.#toFinding(isFirst)]);
  }

  #toFinding(isFirst: boolean): Finding {
    const { badCount, badLines, head, endsInsideLine } = this.#lines;
    const file = this.#path === "-" ? "standard input" : this.#path;
    if (badCount === 1 && endsInsideLine) return toCutFinding(file);
    const more = badCount > badLines.length ? ", ..." : "";
    const what = badCount === 1
      ? `Cannot show line ${badLines[0]} of ${file}: it is no event`
      : `Cannot show ${badCount} lines of ${file}: they are no events (lines ${badLines.join(", ")}${more})`;
    const advice = isFirst ? adviseOnInput(head, this.#path, "events") : undefined;
    return {
      code: "OISP-IN-007",
      severity: "error",
      what,
      why: "such lines are left out; every other line was read",
      ...(advice === undefined ? {} : { fix: advice }),
    };
  }
}

function toCutFinding(file: string): Finding {
  return {
    code: "OISP-IN-007",
    severity: "error",
    what: `Cannot show the last line of ${file}: it has no end`,
    why: "whoever writes the file is at work, or was cut off; every other line was read",
    fix: "with --follow its end is waited for",
  };
}
