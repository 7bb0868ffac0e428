import { FindingError } from "../../core/model/finding.ts";
import type { SensorClient } from "../../core/serve/sensor_client.ts";
import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";
import { createEventPrinter, type EventPrinter } from "../live/event_printer.ts";
import { openCapture } from "../live/open.ts";
import { toScope, toSensorConfig } from "../live/scope.ts";
import { createLiveSensor } from "../live/sensor.ts";
import { listSensors } from "../live/sensors.ts";
import { tailFile } from "../live/tail_file.ts";
import { findHashKey, loadSettings, warnAboutFull } from "../offline.ts";
import { findCallerInput } from "../output/caller_files.ts";
import { openStdout, openTerminalLines } from "../output/destinations.ts";
import { onStopSignals } from "../signals.ts";

const THREE_WAYS = "sudo oisp tail            captures with the rights of root\n" +
  "sudo oisp record          starts a sensor; then oisp tail joins it\n" +
  "oisp tail FILE            shows events that were recorded";

/** Prints lines until the source ends, `--lines` were printed, or the reader is gone. */
async function printAll(lines: AsyncIterable<string>, printer: EventPrinter, limit: number | undefined): Promise<void> {
  if (limit === 0) return;
  try {
    for await (const line of lines) {
      await printer.print(line);
      if (printer.count === limit) return;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function showFile({ io, flags }: Invocation, path: string): Promise<number> {
  const abort = new AbortController();
  const signals = onStopSignals(() => abort.abort());
  const lastLines = flags.number("lines");
  const options = {
    follows: flags.isOn("follow"),
    signal: abort.signal,
    ...(lastLines === undefined ? {} : { lastLines }),
  };
  const printer = createEventPrinter(io, flags.isOn("json"));
  await printAll(tailFile(await findCallerInput(path, io.env), options), printer, undefined).finally(() =>
    signals.remove()
  );
  return ExitCode.ok;
}

async function joinSensor({ io, flags }: Invocation, sensor: SensorClient): Promise<number> {
  const abort = new AbortController();
  const signals = onStopSignals(() => abort.abort());
  const printer = createEventPrinter(io, flags.isOn("json"));
  const events = sensor.events(abort.signal, () => {
    if (io.stdout.isTerminal) io.say(`oisp: joined sensor ${sensor.pid}; Ctrl-C ends this view`);
  });
  await printAll(events, printer, flags.number("lines")).finally(() => {
    abort.abort();
    signals.remove();
  });
  return ExitCode.ok;
}

function chooseSensor(sensors: readonly SensorClient[], pid: number | undefined): SensorClient | undefined {
  const pids = sensors.map((sensor) => sensor.pid).join(", ");
  if (pid !== undefined) {
    const chosen = sensors.find((sensor) => sensor.pid === pid);
    if (chosen !== undefined) return chosen;
    throw new FindingError([{
      code: "OISP-SRV-003",
      severity: "error",
      what: `Cannot join sensor ${pid}: it does not run, or belongs to another user`,
      fix: sensors.length === 0 ? "oisp status" : `--sensor with one of: ${pids}`,
    }], ExitCode.noInput);
  }
  if (sensors.length <= 1) return sensors[0];
  throw new FindingError([{
    code: "OISP-SRV-004",
    severity: "error",
    what: `Cannot choose a sensor: ${sensors.length} run`,
    fix: sensors.map((sensor) => `oisp tail --sensor ${sensor.pid}`).join("\n"),
  }], ExitCode.usage);
}

/** Three ways out where capture in this process is not permitted. */
async function openOwnCapture(invocation: Invocation, config: ReturnType<typeof loadSettings>) {
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

async function captureHere(invocation: Invocation): Promise<number> {
  const { io, flags } = invocation;
  const config = loadSettings(invocation);
  const { mode } = config.redaction;
  const capture = await openOwnCapture(invocation, config);
  warnAboutFull(invocation, [mode]);
  let stop = () => capture.stop();
  const isForPerson = io.stdout.isTerminal && !flags.isOn("json");
  const destination = isForPerson
    ? openTerminalLines(io, mode, () => stop())
    : await openStdout(io, mode, () => stop());
  const hashKey = findHashKey(invocation, config);
  const limit = flags.number("lines");
  let seen = 0;
  const counter = {
    mode,
    take: () => {
      if (++seen === limit) stop();
    },
  };
  const sensor = await createLiveSensor({
    io,
    capture,
    config,
    destinations: [
      limit === undefined ? destination : { ...destination, handle: limitHandle(destination.handle, limit) },
    ],
    taps: [counter],
    command: "tail",
    isScoped: toScope(flags, config).wholeMachine !== true,
    ...(hashKey === undefined ? {} : { hashKey }),
  });
  stop = () => sensor.stop();
  io.say("oisp: no sensor runs: capturing in this process");
  const signals = onStopSignals(() => stop());
  await sensor.run().finally(() => signals.remove());
  return ExitCode.ok;
}

type Handle = Parameters<typeof createLiveSensor>[0]["destinations"][number]["handle"];

/** Lets the first events through only. */
function limitHandle(handle: Handle, limit: number): Handle {
  let left = limit;
  return {
    write(events) {
      const kept = events.slice(0, left);
      left -= kept.length;
      if (kept.length > 0) handle.write(kept);
    },
    flush: () => handle.flush(),
    close: (budgetMs) => handle.close(budgetMs),
    health: () => handle.health(),
    ...(handle.ended === undefined ? {} : { ended: handle.ended }),
  };
}

/** Shows events of a file, of a running sensor, or captured here. */
export async function run(invocation: Invocation): Promise<number> {
  const { args, flags, io } = invocation;
  const path = args[0];
  if (path !== undefined) return await showFile(invocation, path);
  const sensor = chooseSensor(await listSensors(io), flags.number("sensor"));
  return sensor === undefined ? await captureHere(invocation) : await joinSensor(invocation, sensor);
}
