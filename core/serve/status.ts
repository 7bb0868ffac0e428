import type { ExporterHealth } from "../export/exporter.ts";

/** State of capture; a failing export never changes it. */
export type CaptureHealth = "healthy" | "degraded" | "failed";

/** One destination as status shows it. */
export interface ExportStatus extends ExporterHealth {
  readonly name: string;
}

/** What a sensor says about itself. Everything in it may be shown to anyone who may reach the socket: no contents. */
export interface SensorStatus {
  readonly pid: number;
  readonly version: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** The command of the sensor: `record`, `run`, `tail`. */
  readonly command: string;
  readonly health: CaptureHealth;
  /** Attached to everything found. */
  readonly isReady: boolean;
  /** Level of `/api/events`. */
  readonly redaction: string;
  /** Events made, by type. */
  readonly events: Readonly<Record<string, number>>;
  /** What each stage dropped, by stage and reason. */
  readonly losses: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Byte totals of the capture, in the words of the record format. */
  readonly account?: Readonly<Record<string, unknown>>;
  readonly connections: number;
  readonly heldBytes: number;
  readonly rssBytes: number;
  readonly exports: readonly ExportStatus[];
  /** A recording with plaintext is being written. */
  readonly recording?: { readonly path: string; readonly writtenBytes: number; readonly failure?: string };
  /** Clients of `/api/events`. */
  readonly clients: number;
  /** What is attached and what is not, as the capture library names it. */
  readonly coverage?: unknown;
}

/** Gives the answer of `/api/health`, in the published shape. */
export function toHealthJson(status: SensorStatus): Record<string, unknown> {
  const exports = status.exports.map((item) => [item.name, {
    status: item.status,
    events_exported: item.eventsExported,
    last_error: item.lastError ?? null,
  }]);
  return { status: status.health, exports: Object.fromEntries(exports) };
}

/** Gives the answer of `/api/status`. */
export function toStatusJson(status: SensorStatus): Record<string, unknown> {
  const { recording } = status;
  return {
    pid: status.pid,
    version: status.version,
    started_at: status.startedAt,
    command: status.command,
    status: status.health,
    ready: status.isReady,
    redaction: status.redaction,
    events: status.events,
    losses: status.losses,
    account: status.account,
    connections: status.connections,
    held_bytes: status.heldBytes,
    rss_bytes: status.rssBytes,
    exports: Object.fromEntries(status.exports.map((item) => [item.name, {
      status: item.status,
      events_exported: item.eventsExported,
      dropped: item.dropped,
      filtered_out: item.filteredOut,
      last_error: item.lastError,
    }])),
    recording: recording === undefined ? undefined : {
      path: recording.path,
      written_bytes: recording.writtenBytes,
      contains_plaintext: true,
      failure: recording.failure,
    },
    clients: status.clients,
    coverage: status.coverage,
  };
}
