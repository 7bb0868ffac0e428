import type { Config } from "../../core/config/load.ts";
import type { EbpfRun } from "../../core/capture/ebpf.ts";
import type { Invocation } from "../command.ts";
import { writeFindings } from "../errors.ts";
import { ExitCode } from "../exit_codes.ts";
import { finishLive } from "../live/finish.ts";
import { openCapture } from "../live/open.ts";
import { checkOutputs, type LiveOutputs, openLiveOutputs } from "../live/outputs.ts";
import { beginRecording } from "../live/recording.ts";
import { toScope, toSensorConfig } from "../live/scope.ts";
import { createLiveSensor, type LiveSensor } from "../live/sensor.ts";
import { showProgress } from "../live/status_line.ts";
import { findHashKey, loadSettings } from "../offline.ts";
import { watchStdoutReader } from "../output/reader_gone.ts";
import { toKeyId } from "../output/state_folder.ts";
import { keepReports } from "../report/intermediate.ts";
import { onStopSignals } from "../signals.ts";

function describeScope(invocation: Invocation, config: Config): string {
  const scope = toScope(invocation.flags, config);
  return scope.wholeMachine === true ? "the whole machine" : "the programs in scope";
}

async function open(
  invocation: Invocation,
  config: Config,
  capture: EbpfRun,
  outputs: LiveOutputs,
): Promise<LiveSensor> {
  const hashKey = findHashKey(invocation, config);
  const { recording } = outputs;
  return await createLiveSensor({
    io: invocation.io,
    capture,
    config,
    destinations: outputs.destinations,
    command: "record",
    isScoped: toScope(invocation.flags, config).wholeMachine !== true,
    ...(hashKey === undefined ? {} : { hashKey }),
    ...(recording === undefined ? {} : {
      recording: {
        path: recording.path,
        tap: beginRecording(recording.target, capture, hashKey === undefined ? undefined : toKeyId(hashKey)),
      },
    }),
  });
}

/** Captures until Ctrl-C, SIGTERM or the end of `--duration`. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, flags } = invocation;
  // From here on: whoever ends it while it starts gets an orderly end, too.
  let stop = () => {};
  const signals = onStopSignals(() => stop());
  const filter = await checkOutputs(invocation);
  const config = loadSettings(invocation);
  // Before the library is loaded: with it the right to call native code is given up.
  const whenReaderGone = watchStdoutReader(io);
  // Before any file is made: without rights nothing shall be left behind.
  const capture = await openCapture(toSensorConfig(toScope(flags, config), config), findHashKey(invocation, config));
  stop = () => capture.stop();
  const outputs = await openLiveOutputs(invocation, config, filter, "stdout", () => stop());
  const sensor = await open(invocation, config, capture, outputs);
  stop = () => sensor.stop();
  if (outputs.usesStdout) whenReaderGone(() => stop());
  if (!io.isQuiet) writeFindings(io.stderr, sensor.findings);
  io.say(`oisp: capturing ${describeScope(invocation, config)}; Ctrl-C ends it`);
  const durationMs = flags.number("duration");
  const timer = durationMs === undefined ? undefined : setTimeout(stop, durationMs);
  const progress = showProgress(io, sensor.session, outputs.hasTerminalLines);
  const kept = keepReports(outputs.reports, sensor.session);
  const running = sensor.run();
  if (signals.exitCode() !== undefined) stop();
  const result = await running.finally(() => {
    kept.stop();
    clearTimeout(timer);
    progress.stop();
    signals.remove();
  });
  const hasFailed = await finishLive(invocation, result, outputs);
  return hasFailed ? ExitCode.io : ExitCode.ok;
}
