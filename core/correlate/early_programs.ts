/**
 * Programs that agents started without a call that asks for them, yet: an agent may act on a tool call while the rest of the
 * answer still arrives, and the call is told when the answer has ended.
 *
 * State: 64 programs of each of 1,024 program runs that call models, oldest forgotten first.
 */
import { BoundedMap } from "./bounded_map.ts";
import { type CommandMatch, matchCommand } from "./command_match.ts";
import type { StartedProgram } from "./open_call.ts";

const MAX_PROGRAMS = 64;

/** A program that waits for its call. */
export interface EarlyProgram extends StartedProgram {
  readonly eventId: string;
  readonly processKey: number;
  readonly pid: number;
  readonly startedNs: number;
  endedNs?: number;
  hasSucceeded?: boolean;
}

/** See the file's head. */
export class EarlyPrograms {
  readonly #byCaller = new BoundedMap<number, EarlyProgram[]>(1_024);

  /** A program run calls a model: what it starts from now on is remembered. */
  caller(processKey: number): void {
    if (processKey !== 0 && !this.#byCaller.has(processKey)) this.#byCaller.set(processKey, []);
  }

  /** Tells whether a program run calls models. */
  isCaller(processKey: number): boolean {
    return this.#byCaller.has(processKey);
  }

  /** A program below a caller that no call asks for. */
  started(caller: number, program: EarlyProgram): void {
    const programs = this.#byCaller.get(caller) ?? [];
    if (programs.length >= MAX_PROGRAMS) programs.shift();
    programs.push(program);
    this.#byCaller.set(caller, programs);
  }

  /** A process below a caller ended. */
  ended(caller: number, pid: number, timeNs: number, hasSucceeded: boolean | undefined): void {
    for (const program of this.#byCaller.get(caller) ?? []) {
      if (program.pid !== pid || program.endedNs !== undefined) continue;
      program.endedNs = timeNs;
      if (hasSucceeded !== undefined) program.hasSucceeded = hasSucceeded;
    }
  }

  /**
   * Takes out the program that one of a call's commands asked for, started at `sinceNs` or later; undefined when none fits by its
   * arguments, or two fit equally well of which neither started the other, as far as `isBelow` knows.
   */
  claim(
    caller: number,
    commands: readonly string[],
    sinceNs: number,
    isBelow: (program: EarlyProgram, other: EarlyProgram) => boolean,
  ): { program: EarlyProgram; match: CommandMatch } | undefined {
    const recent = (this.#byCaller.get(caller) ?? []).filter(({ startedNs }) => startedNs >= sinceNs);
    const fitting = recent.flatMap((program) => commands.flatMap((command) => findByArguments(command, program)))
      .sort((a, b) => b.match.confidence - a.match.confidence);
    const [best, ...others] = fitting;
    if (best === undefined) return undefined;
    // What a sandbox starts fits as well as the sandbox, which was started first.
    const isTied = others.some(({ program, match }) =>
      match.confidence === best.match.confidence && program !== best.program && !isBelow(program, best.program)
    );
    if (isTied) return undefined;
    this.#remove(caller, best.program);
    return best;
  }

  /** Takes out the programs that another one started, as far as `isBelow` knows. */
  claimBelow(caller: number, isBelow: (program: EarlyProgram) => boolean): readonly EarlyProgram[] {
    const found = (this.#byCaller.get(caller) ?? []).filter(isBelow);
    for (const program of found) this.#remove(caller, program);
    return found;
  }

  #remove(caller: number, program: EarlyProgram): void {
    const programs = this.#byCaller.get(caller);
    programs?.splice(programs.indexOf(program), 1);
  }
}

function findByArguments(command: string, program: EarlyProgram): { program: EarlyProgram; match: CommandMatch }[] {
  const match = matchCommand(command, program.exe, program.args);
  return match === undefined || match.rule === "first_word" ? [] : [{ program, match }];
}
