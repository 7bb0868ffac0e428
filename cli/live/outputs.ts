/** What `run` and `record` write, opened before anything is captured. */
import type { Config } from "../../core/config/load.ts";
import type { Destination } from "../../core/pipeline/outlets.ts";
import type { RecordingTarget } from "../../core/capture/recording_file.ts";
import type { Invocation } from "../command.ts";
import { writeFindings } from "../errors.ts";
import { warnAboutFull } from "../offline.ts";
import { findCallerFiles } from "../output/caller_files.ts";
import { openConfigured, openFile, openStdout, openTerminalLines, refuseSameFile } from "../output/destinations.ts";
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
}

/** What stdout is used for when no `-o` and no destination is there. */
export type DefaultOutput = "none" | "stdout";

interface Opened {
  destinations: Destination[];
  files: string[];
  hasTerminalLines: boolean;
}

async function openDefault(invocation: Invocation, config: Config, stop: () => void): Promise<Opened> {
  const { io } = invocation;
  const { mode } = config.redaction;
  if (!io.stdout.isTerminal) {
    return { destinations: [await openStdout(io, mode, stop)], files: [], hasTerminalLines: false };
  }
  const opened: Opened = { destinations: [openTerminalLines(io, mode, stop)], files: [], hasTerminalLines: true };
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
  defaultOutput: DefaultOutput,
  stop: () => void,
): Promise<Opened> {
  const { io, flags } = invocation;
  const { mode } = config.redaction;
  const path = flags.text("output");
  const configured = await openConfigured(io, config.exports, mode);
  const files = configured.map(({ name }) => name.replace(/^[a-z_]+:/, ""));
  const opened: Opened = { destinations: configured, files, hasTerminalLines: false };
  if (path === "-") opened.destinations.push(await openStdout(io, mode, stop));
  else if (path !== undefined) {
    const isAppended = flags.isOn("append");
    opened.destinations.push(await openFile(io, mode, { path, isAppended, callerFiles: findCallerFiles(io.env) }));
    opened.files.push(path);
  } else if (configured.length === 0 && defaultOutput === "stdout") return await openDefault(invocation, config, stop);
  return opened;
}

/** Finds what is wrong with the output flags by themselves. @throws {FindingError} with exit code 64 */
export function checkOutputs({ flags }: Invocation): void {
  const reports = parseReportRequests(flags.texts("report")).map(({ path }) => path);
  refuseSameFile([flags.text("output"), flags.text("record"), ...reports]);
}

/**
 * Opens every output that flags and configuration ask for, and prints the warnings about contents.
 * @throws {FindingError} with exit code 64 or 73
 */
export async function openLiveOutputs(
  invocation: Invocation,
  config: Config,
  defaultOutput: DefaultOutput,
  stop: () => void,
): Promise<LiveOutputs> {
  const { io, flags } = invocation;
  const recordingPath = flags.text("record");
  const callerFiles = findCallerFiles(io.env);
  const reports = await openReports(flags.texts("report"), callerFiles);
  const opened = await openEvents(invocation, config, defaultOutput, stop);
  warnAboutFull(invocation, opened.destinations.map(({ mode }) => mode));
  if (recordingPath === undefined) return { ...opened, reports };
  const target = await openRecordingTarget(recordingPath, callerFiles);
  writeFindings(io.stderr, [PLAINTEXT_WARNING]);
  return { ...opened, reports, recording: { path: recordingPath, target } };
}
