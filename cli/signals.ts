import { toSignalExitCode } from "./exit_codes.ts";

const STOP_SIGNALS: readonly (readonly [Deno.Signal, number])[] = [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]];

/** Signals that were asked to stop the program. */
export interface StopSignals {
  /** `128 + n` of the first signal; undefined when none came. */
  exitCode(): number | undefined;
  /** Gives the signals their usual effect back. */
  remove(): void;
}

/**
 * Calls `stop` at the first SIGINT, SIGTERM or SIGHUP, so that what is under way is finished; the second one ends the program at
 * once, as without oisp.
 */
export function onStopSignals(stop: () => void): StopSignals {
  let code: number | undefined;
  const handlers = STOP_SIGNALS.map(([name, number]) => {
    const handler = () => {
      if (code !== undefined) {
        Deno.removeSignalListener(name, handler);
        Deno.kill(Deno.pid, name);
        return;
      }
      code = toSignalExitCode(number);
      stop();
    };
    Deno.addSignalListener(name, handler);
    return () => Deno.removeSignalListener(name, handler);
  });
  return {
    exitCode: () => code,
    remove: () => handlers.forEach((remove) => remove()),
  };
}
