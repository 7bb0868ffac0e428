/** `tail` where no sensor runs: it captures in this process. */
import type { Config } from "../../core/config/load.ts";
import { FindingError } from "../../core/model/finding.ts";
import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";
import { findHashKey, loadSettings, warnAboutFull } from "../offline.ts";
import { openStdout, openTerminalLines } from "../output/destinations.ts";
import { filterDestination, limitDestination } from "../output/filtered.ts";
import { watchStdoutReader } from "../output/reader_gone.ts";
import { onStopSignals } from "../signals.ts";
import type { EventSelection } from "./event_lines.ts";
import { openCapture } from "./open.ts";
import { toScope, toSensorConfig } from "./scope.ts";
import { createLiveSensor } from "./sensor.ts";

const THREE_WAYS = "sudo oisp tail            captures with the rights of root\n" +
  "sudo oisp record          starts a sensor; then oisp tail joins it\n" +
  "oisp tail FILE            shows events that were recorded";

/** Three ways out where capture in this process is not permitted. */
async function openOwnCapture(invocation: Invocation, config: Config) {
  try {
    return await openCapture(
      toSensorConfig(toScope(invocation.flags, config), config),
      findHashKey(invocation, config),
    );
  } catch (error) {
    if (!(error instanceof FindingError) || error.exitCode !== ExitCode.notPermitted) throw error;
    throw new FindingError([{
      code: "OISP-SRV-005",
      severity: "error",
      what: "Cannot show events: no sensor runs, and capturing is not permitted to this user",
      why: error.findings[0]?.what ?? error.message,
      fix: THREE_WAYS,
    }], ExitCode.notPermitted);
  }
}

/** Shows events that are captured here until Ctrl-C, or until the reader is gone. */
export async function captureHere(invocation: Invocation, { filter }: EventSelection): Promise<number> {
  const { io, flags } = invocation;
  const config = loadSettings(invocation);
  const { mode } = config.redaction;
  let stop = () => {};
  // Before the library is loaded: with it the right to call native code is given up.
  watchStdoutReader(io)(() => stop());
  const capture = await openOwnCapture(invocation, config);
  stop = () => capture.stop();
  warnAboutFull(invocation, [mode]);
  const isForPerson = io.stdout.isTerminal && !flags.isOn("json");
  const opened = isForPerson ? openTerminalLines(io, mode, () => stop()) : await openStdout(io, mode, () => stop());
  const limit = flags.number("lines");
  const limited = limit === undefined ? opened : limitDestination(opened, limit, () => stop());
  const hashKey = findHashKey(invocation, config);
  const sensor = await createLiveSensor({
    io,
    capture,
    config,
    destinations: [filterDestination(limited, filter)],
    command: "tail",
    isScoped: toScope(flags, config).wholeMachine !== true,
    ...(hashKey === undefined ? {} : { hashKey }),
  });
  stop = () => sensor.stop();
  io.say("oisp: no sensor runs: capturing in this process");
  if (flags.isGiven("since")) io.say("oisp: there are no events from before now");
  const signals = onStopSignals(() => stop());
  await sensor.run().finally(() => signals.remove());
  return ExitCode.ok;
}
