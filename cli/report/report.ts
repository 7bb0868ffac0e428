import type { Plugin } from "../../core/model/plugin.ts";
import type { Account } from "../../core/model/loss.ts";
import type { Finding } from "../../core/model/finding.ts";
import type { RunTally } from "./tally.ts";

/** A destination as the report shows it. */
export interface ReportedOutput {
  readonly name: string;
  readonly events: number;
  /** Dropped events by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Events that `--filter` left out; absent without a filter. */
  readonly filteredOut?: number;
  /** Why it failed, when it did. */
  readonly error?: string;
}

/** What a run was, at its end, or is so far. */
export interface RunSummary {
  /** It goes on: a program that was killed leaves a report like this. */
  readonly isRunning?: boolean;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly tally: RunTally;
  /** Byte account of the capture; absent for inputs that have none. */
  readonly account?: Account;
  /** Events and facts the stages dropped, by reason. */
  readonly droppedItems: Readonly<Record<string, number>>;
  readonly outputs: readonly ReportedOutput[];
  /** Problems on the way: damaged input, capture not possible with `--best-effort`. */
  readonly findings: readonly Finding[];
  /** Exit code of the command of `run`. */
  readonly childExitCode?: number;
}

/** A format of `--report FORMAT=FILE`. */
export interface Report extends Plugin {
  /** Gives the whole file. */
  render(summary: RunSummary): string;
}
