import type { Finding } from "../model/finding.ts";

const MAX_FINDINGS = 100;

/** Collects what is wrong with an input, place by place; the first 100 in full, the rest as a number. */
export class InputFindings {
  readonly #found: Finding[] = [];
  #left = 0;

  /** Notes one problem. */
  add(finding: Finding): void {
    if (this.#found.length < MAX_FINDINGS) this.#found.push(finding);
    else this.#left++;
  }

  /** Notes a line that cannot be used. `line` counts from 1. */
  addLine(file: string, line: number, reason: string): void {
    this.add({
      code: "OISP-IN-003",
      severity: "error",
      what: `Cannot use line ${line} of ${file}: ${reason}`,
      why: "The line was skipped; all other lines were read",
      position: { file, line, column: 1 },
    });
  }

  /** Everything noted so far, in order. */
  list(): readonly Finding[] {
    if (this.#left === 0) return this.#found;
    return [...this.#found, {
      code: "OISP-IN-004",
      severity: "error",
      what: `Cannot use ${this.#left} more places of the input`,
      why: `Only the first ${MAX_FINDINGS} are listed`,
    }];
  }
}
