/** `tail` of a sensor that runs. */
import { FindingError } from "../../core/model/finding.ts";
import { parseTimestampUs, toTimestamp } from "../../core/model/time.ts";
import type { SensorClient } from "../../core/serve/sensor_client.ts";
import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";
import { createEventPrinter } from "./event_printer.ts";
import { listSensors } from "./sensors.ts";
import { openView, printAll } from "./view.ts";

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

/**
 * Finds the sensor that `tail` joins: the one that was named, else the only one; undefined when none runs.
 * @throws {FindingError} with exit code 66 when it does not run, 64 when several do
 */
export async function findSensor({ io, flags }: Invocation): Promise<SensorClient | undefined> {
  return chooseSensor(await listSensors(io), flags.number("sensor"));
}

/** Shows events of a sensor until it ends, or the view does. */
export async function joinSensor(invocation: Invocation, sensor: SensorClient): Promise<number> {
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
