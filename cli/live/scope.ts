import type { SensorConfig, SensorScope } from "../../ffi/mod.ts";
import type { Config } from "../../core/config/load.ts";
import { readPackaging } from "../build_info.ts";
import type { FlagValues } from "../flag_values.ts";

/**
 * Gives what is captured: the scope flags when one is given, else the lists of the configuration, else the whole machine. Several
 * kinds add up: a process is captured when one of them names it.
 */
export function toScope(flags: FlagValues, config: Config): SensorScope {
  const trees = flags.numbers("tree");
  const hasFlags = trees.length > 0 || ["pid", "exe", "uid"].some((name) => flags.isGiven(name));
  const { capture } = config;
  const pids = hasFlags ? flags.numbers("pid") : capture.pids;
  const uids = hasFlags ? flags.numbers("uid") : capture.uids;
  const exes = hasFlags ? flags.texts("exe") : capture.exes;
  if (trees.length + pids.length + uids.length + exes.length === 0) return { wholeMachine: true };
  return { wholeMachine: false, trees, pids, uids, exes };
}

/** Gives the library's options. */
export function toSensorConfig(scope: SensorScope, config: Config): SensorConfig {
  const { capture } = config;
  return {
    scope,
    payloadRingBytes: capture.ring_kb * 1024,
    serverSide: capture.server_side,
    forcePerfUprobes: capture.attach === "perf_event",
    waitAttach: capture.wait_attach,
    ownProgram: readPackaging() !== "source",
    ...(capture.ssl ? {} : { discover: false }),
  };
}
