import type { Config } from "../../core/config/load.ts";
import type { EbpfRun } from "../../core/capture/ebpf.ts";
import { type Finding, FindingError } from "../../core/model/finding.ts";
import type { Invocation } from "../command.ts";
import { writeFindings } from "../errors.ts";
import { ExitCode } from "../exit_codes.ts";
import { type HeldChild, holdChild } from "../live/child.ts";
import { finishLive } from "../live/finish.ts";
import { openCapture } from "../live/open.ts";
import { checkOutputs, type LiveOutputs, openLiveOutputs } from "../live/outputs.ts";
import { beginRecording } from "../live/recording.ts";
import { toSensorConfig } from "../live/scope.ts";
import { createLiveSensor, type LiveSensor } from "../live/sensor.ts";
import { askLibrary } from "../native.ts";
import { findHashKey, loadSettings } from "../offline.ts";
import { toKeyId } from "../output/state_folder.ts";
import type { SessionResult } from "../session.ts";
import { keepReports } from "../report/intermediate.ts";
import { RunTally } from "../report/tally.ts";

/** Signals that end this program by default; the terminal or the library gives them to the command. */
const CHILD_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Stays alive while the command decides what a signal means. */
function leaveSignalsToChild(): () => void {
  const ignore = () => {};
  for (const name of CHILD_SIGNALS) Deno.addSignalListener(name, ignore);
  return () => {
    for (const name of CHILD_SIGNALS) Deno.removeSignalListener(name, ignore);
  };
}

function explainNotStarted(
  argv: readonly string[],
  { exitCode, reason }: { exitCode: number; reason: string },
): Finding {
  return {
    code: exitCode === 127 ? "OISP-RUN-002" : "OISP-RUN-001",
    severity: "error",
    what: `Cannot run ${JSON.stringify(argv[0])}: ${exitCode === 127 ? "it was not found" : reason}`,
    fix: exitCode === 127 ? "give its path, or look at PATH" : "chmod +x, or name its interpreter",
  };
}

/** What became of the command. */
interface ChildEnd {
  readonly exitCode: number;
  readonly wasStarted: boolean;
}

async function release(child: HeldChild, { childArgv, io }: Invocation): Promise<ChildEnd> {
  const problem = await child.release();
  if (problem === undefined) return { exitCode: await child.wait(), wasStarted: true };
  writeFindings(io.stderr, [explainNotStarted(childArgv, problem)]);
  return { exitCode: problem.exitCode, wasStarted: false };
}

/** A command that did not start needs no summary of its calls; its reason was told. */
function toFinishing(invocation: Invocation, { wasStarted }: ChildEnd): Invocation {
  return wasStarted ? invocation : { ...invocation, io: { ...invocation.io, isQuiet: true } };
}

async function openSensor(
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
    command: "run",
    isScoped: true,
    ...(hashKey === undefined ? {} : { hashKey }),
    ...(recording === undefined ? {} : {
      recording: {
        path: recording.path,
        tap: beginRecording(recording.target, capture, hashKey === undefined ? undefined : toKeyId(hashKey)),
      },
    }),
  });
}

/** What happened in the kernel until now is on its way to the pipeline. */
async function settle(capture: EbpfRun): Promise<void> {
  try {
    await capture.sensor.control("flush", { timeout_ms: 1000 });
  } catch {
    // Whatever is still in the rings is delivered at shutdown.
  }
}

async function runCaptured(
  invocation: Invocation,
  config: Config,
  capture: EbpfRun,
  outputs: LiveOutputs,
): Promise<number> {
  const sensor = await openSensor(invocation, config, capture, outputs);
  if (!invocation.io.isQuiet) writeFindings(invocation.io.stderr, sensor.findings);
  const kept = keepReports(outputs.reports, sensor.session);
  const session = sensor.run();
  // Awaited below; until then a failure must not end the program while the command runs.
  session.catch(() => {});
  const isAsRoot = invocation.flags.isOn("as-root");
  const control = (operation: string, request: Readonly<Record<string, unknown>>) =>
    capture.sensor.control(operation, request);
  let child: ChildEnd;
  try {
    child = await release(await holdChild(control, invocation.childArgv, isAsRoot), invocation);
    await settle(capture);
  } finally {
    sensor.stop();
    await session.catch(() => {});
    kept.stop();
  }
  return await conclude(toFinishing(invocation, child), session, outputs, child.exitCode);
}

/** The command's own failure wins over ours; when it succeeded, what went wrong here is the exit code. */
async function conclude(
  invocation: Invocation,
  session: Promise<SessionResult>,
  outputs: LiveOutputs,
  childExitCode: number,
): Promise<number> {
  try {
    const hasFailed = await finishLive(invocation, await session, outputs, { childExitCode });
    return childExitCode === 0 && hasFailed ? ExitCode.io : childExitCode;
  } catch (error) {
    if (childExitCode === 0 || !(error instanceof FindingError)) throw error;
    writeFindings(invocation.io.stderr, error.findings);
    return childExitCode;
  }
}

/** `--best-effort`: the command runs without capture, and report and summary say so. */
async function runBare(invocation: Invocation, outputs: LiveOutputs, findings: readonly Finding[]): Promise<number> {
  const startedAtMs = Date.now();
  const startMs = performance.now();
  writeFindings(invocation.io.stderr, findings.map((finding) => ({ ...finding, severity: "warning" })));
  const child = await holdChild(askLibrary, invocation.childArgv, invocation.flags.isOn("as-root"));
  const end = await release(child, invocation);
  await Promise.allSettled(outputs.destinations.map(({ handle }) => handle.close(1000)));
  outputs.recording?.target.close();
  const durationMs = performance.now() - startMs;
  const summary = {
    startedAtMs,
    durationMs,
    tally: new RunTally(),
    droppedItems: {},
    outputs: [],
    findings,
    childExitCode: end.exitCode,
  };
  await finishLive(toFinishing(invocation, end), { summary, findings: [] }, outputs);
  return end.exitCode;
}

/** Opens the capture; with `--best-effort` gives the reasons why it cannot be opened instead of ending the program. */
async function tryCapture(invocation: Invocation, config: Config): Promise<EbpfRun | readonly Finding[]> {
  try {
    return await openCapture(toSensorConfig({}, config), findHashKey(invocation, config));
  } catch (error) {
    if (error instanceof FindingError && invocation.flags.isOn("best-effort")) return error.findings;
    throw error;
  }
}

/** Runs a command and captures its calls. Its exit code is ours. */
export async function run(invocation: Invocation): Promise<number> {
  const filter = await checkOutputs(invocation);
  const config = loadSettings(invocation);
  const restoreSignals = leaveSignalsToChild();
  try {
    // Before any file is made: without rights nothing shall be left behind.
    const opened = await tryCapture(invocation, config);
    const outputs = await openLiveOutputs(invocation, config, filter, "none", () => {});
    if (!("sensor" in opened)) return await runBare(invocation, outputs, opened);
    return await runCaptured(invocation, config, opened, outputs);
  } finally {
    restoreSignals();
  }
}
