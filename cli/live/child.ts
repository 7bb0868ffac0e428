/** The command of `oisp run`: held back until probes are attached, then released and waited for. */
import * as v from "valibot";
import { toSignalExitCode } from "../exit_codes.ts";

/** Runs a control operation of the library, with the open capture or without. */
export type Control = (operation: string, request: Readonly<Record<string, unknown>>) => Promise<unknown>;

const Spawned = v.looseObject({ pid: v.number() });
const Released = v.union([
  v.looseObject({ released: v.literal(true), prepared: v.optional(v.boolean()) }),
  v.looseObject({ released: v.literal(false), exit_code: v.number(), reason: v.string() }),
]);
const Ended = v.looseObject({
  ended: v.boolean(),
  exit_code: v.optional(v.number()),
  signal: v.optional(v.number()),
});

/** A command that was forked and waits. */
export interface HeldChild {
  readonly pid: number;
  /** Lets it run. Gives why it could not be started, with the exit code for that; undefined when it runs. */
  release(): Promise<{ readonly exitCode: number; readonly reason: string } | undefined>;
  /** Resolves with its exit code, or 128 + n when a signal ended it. */
  wait(): Promise<number>;
}

const ATTACH_TIMEOUT_MS = 10_000;
const WAIT_MS = 1000;

/** Forks a command. @throws {FindingError} when that is not possible */
export async function holdChild(control: Control, argv: readonly string[], isAsRoot: boolean): Promise<HeldChild> {
  const { pid } = v.parse(Spawned, await control("spawn", { argv, as_root: isAsRoot }));
  return {
    pid,
    async release() {
      const reply = v.parse(Released, await control("release", { pid, timeout_ms: ATTACH_TIMEOUT_MS }));
      return reply.released ? undefined : { exitCode: reply.exit_code, reason: reply.reason };
    },
    async wait() {
      for (;;) {
        const reply = v.parse(Ended, await control("wait", { pid, timeout_ms: WAIT_MS }));
        if (reply.signal !== undefined) return toSignalExitCode(reply.signal);
        if (reply.ended) return reply.exit_code ?? 0;
      }
    },
  };
}
