/** A live capture in this process: pipeline, live hub, sensor socket. Shared by `run`, `record` and `tail`. */
import type { EbpfRun } from "../../core/capture/ebpf.ts";
import type { Config } from "../../core/config/load.ts";
import type { Finding } from "../../core/model/finding.ts";
import { FindingError } from "../../core/model/finding.ts";
import { PROGRAM_VERSION } from "../../core/model/version.ts";
import type { Destination, EventTap } from "../../core/pipeline/outlets.ts";
import type { RecordingTap } from "../../core/pipeline/recording_tap.ts";
import { LiveHub } from "../../core/serve/live_hub.ts";
import { type SensorServer, serveSensorSocket } from "../../core/serve/sensor_server.ts";
import { findSocketFolder, type SocketOwner } from "../../core/serve/socket_folder.ts";
import type { SensorStatus } from "../../core/serve/status.ts";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";
import type { Io } from "../io.ts";
import { ProcessEvents } from "./process_events.ts";
import { createSession, type Session, type SessionResult } from "../session.ts";

/** What a live sensor is made of. */
export interface LiveSensorOptions {
  readonly io: Io;
  readonly capture: EbpfRun;
  readonly config: Config;
  readonly destinations: readonly Destination[];
  readonly taps?: readonly EventTap[];
  readonly recording?: { readonly path: string; readonly tap: RecordingTap };
  readonly hashKey?: Uint8Array;
  /** The capture is limited to processes somebody asked for. */
  readonly isScoped: boolean;
  /** For status: `record`, `run`, `tail`. */
  readonly command: string;
}

/** A running sensor. */
export interface LiveSensor {
  readonly session: Session;
  /** Problems that do not stop it: no socket. */
  readonly findings: readonly Finding[];
  /** Runs until `stop`, then closes the socket. */
  run(): Promise<SessionResult>;
  stop(): void;
}

function findOwner(io: Io): SocketOwner | undefined {
  const number = (name: string) => {
    const text = io.env(name);
    return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  };
  const uid = number("SUDO_UID");
  const gid = number("SUDO_GID");
  return Deno.uid() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : undefined;
}

function sumReasons(reasons: Readonly<Record<string, number>>): number {
  return Object.values(reasons).reduce((sum, count) => sum + count, 0);
}

/** Whether probes are attached to everything found so far. */
class Readiness {
  isReady = false;
  #isStopped = false;

  stop(): void {
    this.#isStopped = true;
  }

  async watch(capture: EbpfRun): Promise<void> {
    while (!this.isReady && !this.#isStopped) {
      try {
        const reply = await capture.sensor.control("flush", { timeout_ms: 2000 });
        this.isReady = typeof reply === "object" && reply !== null && "settled" in reply && reply.settled === true;
      } catch {
        // The capture has ended meanwhile.
        return;
      }
    }
  }
}

function createStatus(
  options: LiveSensorOptions,
  session: Session,
  hub: LiveHub,
  readiness: Readiness,
): () => SensorStatus {
  const startedAt = new Date().toISOString();
  const { capture, destinations, recording } = options;
  return () => {
    const stats = session.pipeline.stats();
    const { account } = stats;
    const hasLost = account !== undefined && sumReasons(account.lost) > 0;
    const losses = Object.entries(stats.losses).map(([stage, counters]) => [stage, { ...counters.items }] as const);
    const failure = recording?.tap.failure();
    return {
      pid: Deno.pid,
      version: PROGRAM_VERSION,
      startedAt,
      command: options.command,
      health: hasLost ? "degraded" : "healthy",
      isReady: readiness.isReady,
      redaction: hub.mode,
      events: stats.events,
      losses: Object.fromEntries(losses),
      ...(account === undefined ? {} : { account: toAccountJson(account) }),
      connections: stats.connections,
      heldBytes: stats.heldBytes,
      rssBytes: Deno.memoryUsage().rss,
      exports: destinations.map(({ name, handle }) => ({ name, ...handle.health() })),
      ...(recording === undefined ? {} : {
        recording: {
          path: recording.path,
          writtenBytes: recording.tap.writtenBytes(),
          ...(failure === undefined ? {} : { failure }),
        },
      }),
      clients: hub.clients().length,
      coverage: capture.sensor.coverage(),
    };
  };
}

function toAccountJson(account: NonNullable<ReturnType<Session["pipeline"]["stats"]>["account"]>) {
  const { seen, captured, skipped, lost, calls, outOfScopeCalls, connections } = account;
  return { seen, captured, skipped, lost, calls, out_of_scope_calls: outOfScopeCalls, connections };
}

async function openServer(
  options: LiveSensorOptions,
  hub: LiveHub,
  status: () => SensorStatus,
  findings: Finding[],
): Promise<SensorServer | undefined> {
  const folder = findSocketFolder(Deno.uid(), options.io.env("XDG_RUNTIME_DIR"));
  if (folder === undefined) return undefined;
  const owner = findOwner(options.io);
  try {
    return await serveSensorSocket({
      folder,
      context: { hub, status },
      ...(owner === undefined ? {} : { owner }),
    });
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    // Capture is what matters; without the socket `status` and `tail` do not see it.
    findings.push(...error.findings.map((finding) => ({ ...finding, severity: "warning" as const })));
    return undefined;
  }
}

/** Starts hub and socket around an opened capture; nothing flows before `run`. */
export async function createLiveSensor(options: LiveSensorOptions): Promise<LiveSensor> {
  const { capture, config, recording } = options;
  const hub = new LiveHub(config.redaction.mode);
  const processEvents = new ProcessEvents(config.capture.process, options.isScoped);
  const take = (event: RedactedEvent) => {
    processEvents.observe(event);
    hub.take(event);
  };
  const session = createSession({
    source: processEvents.wrap(capture),
    config,
    destinations: options.destinations,
    taps: [...(options.taps ?? []), { mode: hub.mode, take }],
    ...(recording === undefined ? {} : { recorder: recording.tap }),
    ...(options.hashKey === undefined ? {} : { hashKey: options.hashKey }),
  });
  const readiness = new Readiness();
  const findings: Finding[] = [];
  const server = await openServer(options, hub, createStatus(options, session, hub, readiness), findings);
  return {
    session,
    findings,
    async run() {
      const watching = readiness.watch(capture);
      try {
        return await session.run();
      } finally {
        readiness.stop();
        await server?.close();
        await watching;
      }
    },
    stop() {
      readiness.stop();
      session.pipeline.stop();
    },
  };
}
