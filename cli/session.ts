/** One run of the pipeline for a command: destinations, tally, signals, summary. */
import type { CaptureRun } from "../core/capture/source.ts";
import type { Config } from "../core/config/load.ts";
import type { Finding } from "../core/model/finding.ts";
import type { Account } from "../core/model/loss.ts";
import type { RedactionMode } from "../core/model/oisp_event.ts";
import type { RawAccount } from "../core/model/raw_capture.ts";
import { PROGRAM_VERSION } from "../core/model/version.ts";
import { createPipeline, type Pipeline, type PipelineStats } from "../core/pipeline/pipeline.ts";
import type { Destination, EventTap } from "../core/pipeline/outlets.ts";
import type { Recorder } from "../core/pipeline/recorder.ts";
import type { ReportedOutput, RunSummary } from "./report/report.ts";
import { RunTally } from "./report/tally.ts";

/** What a session is made of. */
export interface SessionOptions {
  readonly source: CaptureRun;
  readonly config: Config;
  readonly destinations: readonly Destination[];
  readonly taps?: readonly EventTap[];
  readonly recorder?: Recorder;
  readonly hashKey?: Uint8Array;
}

/** A session that can be run once. */
export interface Session {
  readonly pipeline: Pipeline;
  readonly tally: RunTally;
  /** What is known so far; not complete. */
  summarize(): RunSummary;
  /** Runs to the end of the source. */
  run(): Promise<SessionResult>;
}

/** What came of it. */
export interface SessionResult {
  readonly summary: RunSummary;
  /** Problems of the input. */
  readonly findings: readonly Finding[];
}

/** Warning that `full` prints each time. */
export const FULL_WARNING: Finding = {
  code: "OISP-RED-001",
  severity: "warning",
  what: "Contents are shown unredacted: --redaction full",
  why: "prompts, answers, keys in texts and personal data are in the output as captured",
  fix: "--redaction masked",
};

function toAccount(account: RawAccount): Account {
  return {
    seenBytes: account.seen,
    capturedBytes: account.captured,
    skippedBytes: { ...account.skipped },
    lostBytes: { ...account.lost },
    calls: account.calls,
    outOfScopeCalls: account.outOfScopeCalls,
    connections: account.connections,
  };
}

function sumLosses({ losses: stages }: PipelineStats): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [stage, losses] of Object.entries(stages)) {
    for (const [reason, count] of Object.entries(losses.items)) if (count > 0) sums[`${stage}.${reason}`] = count;
  }
  return sums;
}

/** Mode that the tally sees: one of those in use, since it reads no contents. */
function tallyMode(options: SessionOptions): RedactionMode {
  return options.destinations[0]?.mode ?? options.taps?.[0]?.mode ?? options.config.redaction.mode;
}

/** Creates a session. */
export function createSession(options: SessionOptions): Session {
  const { source, config, destinations } = options;
  const tally = new RunTally();
  const tallyTap: EventTap = { mode: tallyMode(options), take: (event) => tally.observe(event) };
  const pipeline = createPipeline({
    source,
    destinations,
    taps: [...(options.taps ?? []), tallyTap],
    collectorVersion: PROGRAM_VERSION,
    wantsChunks: config.capture.streaming_chunks,
    wantsServerSide: config.capture.server_side,
    memoryBytes: config.capture.memory_mb * 1024 * 1024,
    ...(config.sensor.name === undefined ? {} : { sensorName: config.sensor.name }),
    ...(options.hashKey === undefined ? {} : { hashKey: options.hashKey }),
    ...(options.recorder === undefined ? {} : { recorder: options.recorder }),
  });
  const startedAtMs = Date.now();
  const startMs = performance.now();
  const summarize = (findings: readonly Finding[], stats: PipelineStats): RunSummary => ({
    startedAtMs,
    durationMs: performance.now() - startMs,
    tally,
    droppedItems: sumLosses(stats),
    outputs: destinations.map(toReportedOutput),
    findings,
    ...(stats.account === undefined ? {} : { account: toAccount(stats.account) }),
  });
  return {
    pipeline,
    tally,
    summarize: () => ({ ...summarize([], pipeline.stats()), isRunning: true }),
    async run() {
      const { findings, stats } = await pipeline.run();
      return { findings, summary: summarize(findings, stats) };
    },
  };
}

function toReportedOutput({ name, handle }: Destination): ReportedOutput {
  const { eventsExported, dropped, filteredOut, lastError } = handle.health();
  return {
    name,
    events: eventsExported,
    dropped,
    ...(filteredOut === undefined ? {} : { filteredOut }),
    // A reader that is gone ends a pipe; that is no failure.
    ...(lastError === undefined || handle.ended?.aborted === true ? {} : { error: lastError }),
  };
}
