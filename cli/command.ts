/**
 * The command table's types. The table (`commands/registry.ts`) is the one truth for the parser, help, man page, completions
 * and docs: whatever a command or flag is, is said here once.
 */
import type { Plugin } from "../core/model/plugin.ts";
import type { Io } from "./io.ts";
import type { FlagValues } from "./flag_values.ts";

/** What a flag's or an argument's value is; decides how it is checked and completed. */
export type ValueKind = "text" | "file" | "count" | "duration" | "moment" | "choice";

/** The value of a flag or an argument. */
export interface ValueSpec {
  /** Upper-case name in help, for example `FILE`. */
  readonly name: string;
  readonly kind: ValueKind;
  /** Allowed words; with `choice` only. */
  readonly choices?: readonly string[];
  /** Smallest and largest number; with `count` only. */
  readonly least?: number;
  readonly most?: number;
}

/** What becomes of a flag that belongs to a later version: `warn` and go on, or `refuse` with exit 64. */
export interface LaterFlag {
  readonly answer: "warn" | "refuse";
  /** What is missing, as the subject of "... is not in this version". */
  readonly subject: string;
}

/** One flag. Without `value` it is a switch. */
export interface Flag {
  /** Long name without dashes, for example `output`. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly value?: ValueSpec;
  /** May be given several times; values keep their order. */
  readonly repeatable?: boolean;
  /** A switch that is on by default; help shows its `--no-` form. */
  readonly isOnByDefault?: boolean;
  /** One phrase for the short help. */
  readonly summary: string;
  /** More for the long help and the man page; plain sentences. */
  readonly details?: string;
  /** What holds without it, as help shows it. */
  readonly defaultText?: string;
  /** Key of the configuration file that it overrides, for example `redaction.mode`. */
  readonly configKey?: string;
  /** Set for flags of a later version. */
  readonly later?: LaterFlag;
}

/** A positional argument. */
export interface Argument {
  readonly value: ValueSpec;
  readonly summary: string;
  readonly isOptional?: boolean;
  readonly isRepeatable?: boolean;
}

/** A line to copy, and what it does. */
export interface Example {
  readonly line: string;
  readonly says: string;
}

/** What an action gets. */
export interface Invocation {
  readonly command: Command;
  readonly flags: FlagValues;
  /** Positional arguments, checked against the table. */
  readonly args: readonly string[];
  /** Everything after the first `--` of a command that starts another one, untouched. */
  readonly childArgv: readonly string[];
  readonly io: Io;
}

/** The code behind a command: does the work and gives the exit code. Rejects with a `FindingError` to stop with findings. */
export interface Action {
  run(invocation: Invocation): Promise<number>;
}

/** One command: `id` is its name. Its code is imported only when it runs. */
export interface Command extends Plugin {
  readonly group: "capture" | "offline" | "help";
  readonly args: readonly Argument[];
  readonly flags: readonly Flag[];
  /** Takes `-- CMD ARG...`. */
  readonly takesCommand?: boolean;
  /** Paragraphs of the long help and the man page. */
  readonly details: readonly string[];
  readonly examples: readonly Example[];
  /** Imports the action. */
  load(): Promise<Action>;
}
