/** What `decode` and `replay` share: a finished input through the pipeline to stdout or a file. */
import type { CaptureRun } from "../core/capture/source.ts";
import type { Config } from "../core/config/load.ts";
import { loadConfig } from "../core/config/load.ts";
import type { Finding } from "../core/model/finding.ts";
import type { Destination } from "../core/pipeline/outlets.ts";
import type { Invocation } from "./command.ts";
import { writeFindings } from "./errors.ts";
import { readFilter } from "./event_filter.ts";
import { ExitCode } from "./exit_codes.ts";
import { findCallerFiles } from "./output/caller_files.ts";
import type { RedactionMode } from "../core/model/oisp_event.ts";
import { openOutput, openTerminalLines, refuseSameFile } from "./output/destinations.ts";
import { filterDestination } from "./output/filtered.ts";
import { openReports } from "./report/files.ts";
import { keepReports } from "./report/intermediate.ts";
import type { RunSummary } from "./report/report.ts";
import { parseReportRequests } from "./report/request.ts";
import { createSession, FULL_WARNING } from "./session.ts";
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

async function openDestination(
  invocation: Invocation,
  mode: RedactionMode,
  form: "json" | "lines",
  stop: () => void,
): Promise<Destination> {
  const { io, flags } = invocation;
  const path = flags.text("output");
  if (path === undefined && form === "lines" && io.stdout.isTerminal) return openTerminalLines(io, mode, stop);
  const isAppended = flags.isOn("append");
  const request = { path: path ?? "-", isAppended, callerFiles: findCallerFiles(io.env), onBrokenPipe: stop };
  return (await openOutput(io, mode, request)).destination;
}

/** Gives what destinations could not deliver, as findings. A reader that is gone is none. */
export function toOutputFindings(summary: RunSummary): Finding[] {
  return summary.outputs.flatMap(({ name, error }) => {
    if (error === undefined) return [];
    return [{
      code: "OISP-OUT-003",
      severity: "error" as const,
      what: `Cannot write all events to ${JSON.stringify(name)}: ${error}`,
      fix: "make room, then start again",
    }];
  });
}

/** Gives the installation key: of the configuration, else of this installation. */
export function findHashKey({ io }: Invocation, config: Config): Uint8Array | undefined {
  const own = config.redaction.hash_key;
  return own === undefined ? readInstallationKey(io.env) : new TextEncoder().encode(own);
}

/** Runs an opened source to its end and gives the exit code. */
export async function runOffline(
  invocation: Invocation,
  open: () => Promise<CaptureRun>,
  formOnTerminal: "json" | "lines",
  /** Whether `original_hash` may be made with this installation's key. */
  acceptsKey: (source: CaptureRun, key: Uint8Array) => boolean = () => true,
): Promise<number> {
  const { io, flags } = invocation;
  const reportPaths = parseReportRequests(flags.texts("report")).map(({ path }) => path);
  refuseSameFile([flags.text("output") ?? "-", ...reportPaths]);
  const filter = await readFilter(flags);
  const config = loadSettings(invocation);
  const { mode } = config.redaction;
  warnAboutFull(invocation, [mode]);
  const source = await open();
  const reports = await openReports(flags.texts("report"), io, findCallerFiles(io.env));
  const destination = await openDestination(invocation, mode, formOnTerminal, () => source.stop());
  const ownKey = findHashKey(invocation, config);
  const hashKey = ownKey !== undefined && acceptsKey(source, ownKey) ? ownKey : undefined;
  const session = createSession({
    source,
    config,
    destinations: [filterDestination(destination, filter)],
    ...(hashKey === undefined ? {} : { hashKey }),
  });
  const signals = onStopSignals(() => session.pipeline.stop());
  const kept = keepReports(reports, session);
  const { summary, findings } = await session.run().finally(() => {
    kept.stop();
    signals.remove();
  });
  await reports.write(summary);
  const outputFindings = toOutputFindings(summary);
  writeFindings(io.stderr, [...findings, ...outputFindings]);
  if (outputFindings.length > 0) return ExitCode.io;
  const isDamaged = findings.some((finding) => finding.severity === "error");
  return signals.exitCode() ?? (isDamaged ? ExitCode.dataDamaged : ExitCode.ok);
}
