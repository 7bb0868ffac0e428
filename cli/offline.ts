/** What `decode` and `replay` share: a finished input through the pipeline to stdout or a file. */
import type { CaptureRun } from "../core/capture/source.ts";
import type { Config } from "../core/config/load.ts";
import { loadConfig } from "../core/config/load.ts";
import type { Finding } from "../core/model/finding.ts";
import type { Destination } from "../core/pipeline/outlets.ts";
import type { Invocation } from "./command.ts";
import { writeFindings } from "./errors.ts";
import { ExitCode } from "./exit_codes.ts";
import { findCallerFiles } from "./output/caller_files.ts";
import { createFileDestination, createStdoutDestination, openEventFile } from "./output/destinations.ts";
import { openReports, type ReportFiles } from "./report/files.ts";
import { createSession, FULL_WARNING, type SessionResult } from "./session.ts";
import { toConfigRequest } from "./settings.ts";
import { onStopSignals } from "./signals.ts";
import { readInstallationKey } from "./output/state_folder.ts";

/** Loads the configuration and says its warnings. @throws {FindingError} with exit code 78 */
export function loadSettings(invocation: Invocation): Config {
  const config = loadConfig(toConfigRequest(invocation));
  const { io } = invocation;
  if (!io.isQuiet) writeFindings(io.stderr, config.findings);
  return config;
}

/** Prints the warning of `full`, each time and also with `--quiet`. */
export function warnAboutFull(invocation: Invocation, modes: readonly string[]): void {
  if (modes.includes("full")) writeFindings(invocation.io.stderr, [FULL_WARNING]);
}

interface Outcome {
  readonly problems: Finding[];
  stop(): void;
}

async function openDestination(
  invocation: Invocation,
  config: Config,
  form: "json" | "lines",
  outcome: Outcome,
): Promise<Destination> {
  const { io, flags } = invocation;
  const { mode } = config.redaction;
  const path = flags.text("output");
  if (path === undefined || path === "-") {
    return createStdoutDestination(io, mode, path === "-" ? "json" : form, { onBrokenPipe: () => outcome.stop() });
  }
  const file = await openEventFile(path, flags.isOn("append"), findCallerFiles(io.env));
  return createFileDestination(file, mode, (finding) => outcome.problems.push(finding));
}

function toExitCode(problems: readonly Finding[], findings: readonly Finding[]): number {
  if (problems.length > 0) return ExitCode.io;
  return findings.some((finding) => finding.severity === "error") ? ExitCode.dataDamaged : ExitCode.ok;
}

/** Runs an opened source to its end and gives the exit code. */
export async function runOffline(
  invocation: Invocation,
  open: () => Promise<CaptureRun>,
  formOnTerminal: "json" | "lines",
): Promise<number> {
  const { io, flags } = invocation;
  const config = loadSettings(invocation);
  warnAboutFull(invocation, [config.redaction.mode]);
  const reports: ReportFiles = await openReports(flags.texts("report"), findCallerFiles(io.env));
  const source = await open();
  const outcome: Outcome = { problems: [], stop: () => source.stop() };
  const form = io.stdout.isTerminal ? formOnTerminal : "json";
  const destination = await openDestination(invocation, config, form, outcome);
  const hashKey = config.redaction.hash_key === undefined
    ? readInstallationKey(io.env)
    : new TextEncoder().encode(config.redaction.hash_key);
  const session = createSession({
    source,
    config,
    destinations: [destination],
    ...(hashKey === undefined ? {} : { hashKey }),
  });
  const signals = onStopSignals(() => session.pipeline.stop());
  let result: SessionResult;
  try {
    result = await session.run();
  } finally {
    signals.remove();
  }
  reports.write(result.summary);
  writeFindings(io.stderr, [...result.findings, ...outcome.problems]);
  return signals.exitCode() ?? toExitCode(outcome.problems, result.findings);
}
