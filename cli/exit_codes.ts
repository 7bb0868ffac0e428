/** A row of the exit code table. */
export interface ExitCodeRow {
  /** The number, or a rule such as `128+n`. */
  readonly code: string;
  /** What it tells the caller, one phrase. */
  readonly meaning: string;
}

/** Exit codes of this program. The numbers of 64 to 78 are those of sysexits; the meaning in the table is our contract. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 64,
  dataDamaged: 65,
  noInput: 66,
  unavailable: 69,
  bug: 70,
  cannotCreate: 73,
  io: 74,
  notPermitted: 77,
  config: 78,
  notExecutable: 126,
  notFound: 127,
} as const;

/** Gives the code of a process that ended by a signal. */
export function toSignalExitCode(signal: number): number {
  return 128 + signal;
}

/** Every exit code with its meaning, in order; printed by `oisp help exit-codes`, the man page and the docs. */
export const EXIT_CODE_TABLE: readonly ExitCodeRow[] = [
  { code: "0", meaning: "done; record, tail: ended by Ctrl-C or TERM; status: a sensor runs; doctor: nothing blocks" },
  { code: "1", meaning: "status: no sensor runs, or not ready in time; doctor: a blocking problem" },
  { code: "64", meaning: "wrong usage: unknown command, flag or value" },
  { code: "65", meaning: "input or recording is damaged" },
  { code: "66", meaning: "input not found or not readable" },
  { code: "69", meaning: "capture is not possible here (kernel, library)" },
  { code: "70", meaning: "a bug in oisp" },
  { code: "73", meaning: "output cannot be created" },
  { code: "74", meaning: "reading or writing failed on the way" },
  { code: "77", meaning: "not permitted; run: the command was not started" },
  { code: "78", meaning: "configuration has errors; nothing was started" },
  { code: "126", meaning: "run: the command was found but cannot be executed" },
  { code: "127", meaning: "run: the command was not found" },
  { code: "128+n", meaning: "run, decode, replay: ended by signal n (130 Ctrl-C, 143 TERM)" },
  { code: "other", meaning: "run: the exit code of the command, unchanged" },
];
