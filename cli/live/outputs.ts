/** What `run` and `record` write, opened before anything is captured. */
import type { Config } from "../../core/config/load.ts";
import type { Destination } from "../../core/pipeline/outlets.ts";
import type { RecordingTarget } from "../../core/capture/recording_file.ts";
import type { EventFilter } from "../../core/filter/filter.ts";
import type { Invocation } from "../command.ts";
import { writeFindings } from "../errors.ts";
import { readFilter } from "../event_filter.ts";
import { warnAboutFull } from "../offline.ts";
import { findCallerFiles } from "../output/caller_files.ts";
import {
  openConfigured,
  openFile,
  openOutput,
  openStdout,
  openTerminalLines,
  refuseSameFile,
} from "../output/destinations.ts";
import { filterDestination } from "../output/filtered.ts";
import { openDevicesEarly } from "../output/stream_output.ts";
import { createSessionPath } from "../output/state_folder.ts";
import { openReports, type ReportFiles } from "../report/files.ts";
import { parseReportRequests } from "../report/request.ts";
import { openRecordingTarget, PLAINTEXT_WARNING } from "./recording.ts";

/** Opened outputs. */
export interface LiveOutputs {
  readonly destinations: readonly Destination[];
  readonly reports: ReportFiles;
  readonly recording?: { readonly path: string; readonly target: RecordingTarget };
  /** Files with the events, for the summary. */
  readonly files: readonly string[];
  /** stdout carries event lines for a person. */
  readonly hasTerminalLines: boolean;
  /** stdout carries events of the command line, so that without a reader there is nothing to go on for. */
  readonly usesStdout: boolean;
}

/** What stdout is used for when no `-o` and no destination is there. */
export type DefaultOutput = "none" | "stdout";

interface Opened {
  destinations: Destination[];
  files: string[];
  hasTerminalLines: boolean;
  usesStdout: boolean;
}

async function openDefault(invocation: Invocation, config: Config, stop: () => void): Promise<Opened> {
  const { io } = invocation;
  const { mode } = config.redaction;
  if (!io.stdout.isTerminal) {
    const destinations = [await openStdout(io, mode, stop)];
    return { destinations, files: [], hasTerminalLines: false, usesStdout: true };
  }
  const destinations = [openTerminalLines(io, mode, stop)];
  const opened: Opened = { destinations, files: [], hasTerminalLines: true, usesStdout: true };
  const path = createSessionPath(io.env, new Date());
  if (path === undefined) return opened;
  opened.destinations.push(await openFile(io, mode, { path, isAppended: true, callerFiles: undefined }));
  opened.files.push(path);
  io.say(`oisp: events also go to ${path}`);
  return opened;
}

async function openEvents(
  invocation: Invocation,
  config: Config,
  filter: EventFilter | undefined,
  defaultOutput: DefaultOutput,
  stop: () => void,
): Promise<Opened> {
  const { io, flags } = invocation;
  const { mode } = config.redaction;
  const path = flags.text("output");
  const configured = await openConfigured(io, config.exports, mode);
  const files = configured.map(({ name }) => name.replace(/^[a-z_]+:/, ""));
  if (path === undefined && configured.length === 0 && defaultOutput === "stdout") {
    return filterOutputs(await openDefault(invocation, config, stop), filter);
  }
  const own: Opened = { destinations: [], files: [], hasTerminalLines: false, usesStdout: false };
  if (path !== undefined) {
    const isAppended = flags.isOn("append");
    const request = { path, isAppended, callerFiles: findCallerFiles(io.env), onBrokenPipe: stop };
    const { destination, kind } = await openOutput(io, mode, request);
    own.destinations.push(destination);
    own.usesStdout = kind === "stdout";
    if (kind === "file") own.files.push(path);
  }
  const { destinations } = filterOutputs(own, filter);
  return { ...own, destinations: [...configured, ...destinations], files: [...files, ...own.files] };
}

/** `--filter` is for what the command line opens; the configuration's destinations get every event. */
function filterOutputs(opened: Opened, filter: EventFilter | undefined): Opened {
  return { ...opened, destinations: opened.destinations.map((entry) => filterDestination(entry, filter)) };
}

/**
 * Finds what is wrong with the output flags by themselves, and gives the filter. To be called before the capture is opened.
 * @throws {FindingError} with exit code 64 or 73
 */
export async function checkOutputs({ flags, io }: Invocation): Promise<EventFilter | undefined> {
  const reports = parseReportRequests(flags.texts("report")).map(({ path }) => path);
  refuseSameFile([flags.text("output"), flags.text("record"), ...reports]);
  const filter = await readFilter(flags);
  await openDevicesEarly([flags.text("output"), ...reports], io);
  return filter;
}

/**
 * Opens every output that flags and configuration ask for, and prints the warnings about contents.
 * @throws {FindingError} with exit code 64 or 73
 */
export async function openLiveOutputs(
  invocation: Invocation,
  config: Config,
  filter: EventFilter | undefined,
  defaultOutput: DefaultOutput,
  stop: () => void,
): Promise<LiveOutputs> {
  const { io, flags } = invocation;
  const recordingPath = flags.text("record");
  const callerFiles = findCallerFiles(io.env);
  const reports = await openReports(flags.texts("report"), io, callerFiles);
  const opened = await openEvents(invocation, config, filter, defaultOutput, stop);
  warnAboutFull(invocation, opened.destinations.map(({ mode }) => mode));
  if (recordingPath === undefined) return { ...opened, reports };
  const target = await openRecordingTarget(recordingPath, callerFiles);
  writeFindings(io.stderr, [PLAINTEXT_WARNING]);
  return { ...opened, reports, recording: { path: recordingPath, target } };
}
