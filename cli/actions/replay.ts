import { recording } from "../../core/capture/recording.ts";
import type { Invocation } from "../command.ts";
import { runOffline } from "../offline.ts";

/** Makes the events of a recording again. */
export function run(invocation: Invocation): Promise<number> {
  const path = invocation.args[0] ?? "-";
  return runOffline(invocation, () => recording.open({ from: path }), "lines");
}
