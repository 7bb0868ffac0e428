import { FindingError } from "../../core/model/finding.ts";
import { parseTimestampUs, toTimestamp } from "../../core/model/time.ts";
import type { SensorClient } from "../../core/serve/sensor_client.ts";
import type { Invocation } from "../command.ts";
import { readFilter } from "../event_filter.ts";
import { ExitCode } from "../exit_codes.ts";
import { BadLines } from "../live/bad_lines.ts";
import { EventLines, type EventSelection } from "../live/event_lines.ts";
import { createEventPrinter, type EventPrinter } from "../live/event_printer.ts";
import { openCapture } from "../live/open.ts";
import { toScope, toSensorConfig } from "../live/scope.ts";
import { createLiveSensor } from "../live/sensor.ts";
import { listSensors } from "../live/sensors.ts";
import { tailFile } from "../live/tail_file.ts";
import { findHashKey, loadSettings, warnAboutFull } from "../offline.ts";
import { findCallerInput } from "../output/caller_files.ts";
import { openStdout, openTerminalLines } from "../output/destinations.ts";
import { filterDestination, limitDestination } from "../output/filtered.ts";
import { watchStdoutReader } from "../output/reader_gone.ts";
import { onStopSignals } from "../signals.ts";

const THREE_WAYS = "sudo oisp tail            captures with the rights of root\n" +
  "sudo oisp record          starts a sensor; then oisp tail joins it\n" +
  "oisp tail FILE            shows events that were recorded";

/** Prints lines until the source ends or `--lines` were printed. Gives false when the reader went before. */
async function printAll(
  lines: AsyncIterable<string>,
  printer: EventPrinter,
  limit: number | undefined,
): Promise<boolean> {
  try {
    for await (const line of lines) {
      await printer.print(line);
      if (printer.count === limit) return true;
    }
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return false;
  }
}

/** Ends the view at Ctrl-C, or when nobody reads it any more. */
function openView({ io }: Invocation): { readonly signal: AbortSignal; close(): void } {
  const abort = new AbortController();
  const signals = onStopSignals(() => abort.abort());
  watchStdoutReader(io)(() => abort.abort());
  return {
    signal: abort.signal,
    close() {
      abort.abort();
      signals.remove();
    },
  };
}

async function showFile(invocation: Invocation, path: string, selection: EventSelection): Promise<number> {
  const { io, flags } = invocation;
  const view = openView(invocation);
  const lastLines = flags.number("lines");
  const lines = new EventLines(selection);
  const problems = new BadLines(io, path, lines);
  const printer = createEventPrinter(io, flags.isOn("json"));
  const options = {
    lines,
    follows: flags.isOn("follow"),
    signal: view.signal,
    onEnd: () => problems.tell(),
    ...(lastLines === undefined ? {} : { lastLines }),
  };
  const events = tailFile(await findCallerInput(path, io.env), options);
  const isReadToEnd = await printAll(events, printer, undefined).finally(() => view.close());
  // Whoever closed the pipe has seen enough, and asked for nothing more.
  if (!isReadToEnd) return ExitCode.ok;
  problems.tell();
  return lines.badCount > 0 && !options.follows ? ExitCode.dataDamaged : ExitCode.ok;
}

async function joinSensor(invocation: Invocation, sensor: SensorClient): Promise<number> {
  const { io, flags } = invocation;
  const view = openView(invocation);
  const printer = createEventPrinter(io, flags.isOn("json"));
  const sinceUs = flags.number("since");
  const query = {
    filters: flags.texts("filter"),
    ...(sinceUs === undefined ? {} : { since: toTimestamp(sinceUs) }),
  };
  const events = sensor.events(query, view.signal, ({ eventsFrom }) => {
    if (io.stdout.isTerminal) io.say(`oisp: joined sensor ${sensor.pid}; Ctrl-C ends this view`);
    const fromUs = eventsFrom === undefined ? undefined : parseTimestampUs(eventsFrom);
    if (sinceUs === undefined || fromUs === undefined || sinceUs >= fromUs) return;
    io.say(`oisp: this sensor has no events from before ${renderLocalTime(fromUs)}`);
  });
  await printAll(events, printer, flags.number("lines")).finally(() => view.close());
  return ExitCode.ok;
}

function renderLocalTime(timeUs: number): string {
  return new Date(timeUs / 1000).toLocaleString("sv-SE");
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

async function captureHere(invocation: Invocation, { filter }: EventSelection): Promise<number> {
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

/** Shows events of a file, of a running sensor, or captured here. */
export async function run(invocation: Invocation): Promise<number> {
  const { args, flags, io } = invocation;
  const filter = await readFilter(flags);
  const sinceUs = flags.number("since");
  const selection = { ...(filter === undefined ? {} : { filter }), ...(sinceUs === undefined ? {} : { sinceUs }) };
  const path = args[0];
  if (path !== undefined) return await showFile(invocation, path, selection);
  if (flags.number("lines") === 0) return ExitCode.ok;
  const sensor = chooseSensor(await listSensors(io), flags.number("sensor"));
  return sensor === undefined ? await captureHere(invocation, selection) : await joinSensor(invocation, sensor);
}
