import type { Invocation } from "../command.ts";
import { readFilter } from "../event_filter.ts";
import { ExitCode } from "../exit_codes.ts";
import { BadLines } from "../live/bad_lines.ts";
import { EventLines, type EventSelection } from "../live/event_lines.ts";
import { createEventPrinter } from "../live/event_printer.ts";
import { tailFile } from "../live/tail_file.ts";
import { openView, printAll } from "../live/view.ts";
import { findCallerInput } from "../output/caller_files.ts";

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
    onEnd: () => problems.tellFirst(),
    ...(lastLines === undefined ? {} : { lastLines }),
  };
  const events = tailFile(await findCallerInput(path, io.env), options);
  const isReadToEnd = await printAll(events, printer, undefined).finally(() => view.close());
  // Whoever closed the pipe has seen enough, and asked for nothing more.
  if (!isReadToEnd) return ExitCode.ok;
  problems.tell();
  return lines.badCount > 0 && !options.follows ? ExitCode.dataDamaged : ExitCode.ok;
}

/** Shows events of a file, of a running sensor, or captured here. Only what is needed is loaded: a file is shown at once. */
export async function run(invocation: Invocation): Promise<number> {
  const { args, flags } = invocation;
  const filter = await readFilter(flags);
  const sinceUs = flags.number("since");
  const selection = { ...(filter === undefined ? {} : { filter }), ...(sinceUs === undefined ? {} : { sinceUs }) };
  const path = args[0];
  if (path !== undefined) return await showFile(invocation, path, selection);
  if (flags.number("lines") === 0) return ExitCode.ok;
  const { findSensor, joinSensor } = await import("../live/tail_sensor.ts");
  const sensor = await findSensor(invocation);
  if (sensor !== undefined) return await joinSensor(invocation, sensor);
  const { captureHere } = await import("../live/tail_capture.ts");
  return await captureHere(invocation, selection);
}
