/** How much a finding matters: `error` blocks the command, `warning` loses something, `info` explains. */
export type Severity = "error" | "warning" | "info";

/**
 * One thing to tell a person: what was found, why, and what to do. Made anywhere as data, rendered only by `cli/errors.ts`.
 */
export interface Finding {
  /** Stable code, `OISP-<AREA>-<NNN>`. */
  readonly code: string;
  /** How much it matters. */
  readonly severity: Severity;
  /** "Cannot <action> <object>: <what was found>"; sentence case, no full stop, never a secret. */
  readonly what: string;
  /** The reason, one sentence. */
  readonly why?: string;
  /** What to do, ideally a command to copy. */
  readonly fix?: string;
  /** Where in a file, 1-based. */
  readonly position?: { readonly file: string; readonly line: number; readonly column: number };
}

/** Carries findings through code that has to stop; only `main.ts` turns it into an exit code. */
export class FindingError extends Error {
  /** All problems found, most important first; never empty. */
  readonly findings: readonly Finding[];
  /** Process exit code (style: sysexits), for example 78 for configuration. */
  readonly exitCode: number;

  /** Creates an error from at least one finding. */
  constructor(findings: readonly Finding[], exitCode: number) {
    super(findings.map((finding) => `${finding.code} ${finding.what}`).join("; "));
    this.name = "FindingError";
    this.findings = findings;
    this.exitCode = exitCode;
  }
}
