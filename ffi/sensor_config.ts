/** Which programs are looked at. Nothing named and `wholeMachine` false: none, until `setScope` says more. */
export interface SensorScope {
  readonly wholeMachine?: boolean;
  /** These processes and everything they start. */
  readonly trees?: readonly number[];
  /** These processes, not what they start. */
  readonly pids?: readonly number[];
  /** Every process of these users. */
  readonly uids?: readonly number[];
  /** Globs over the path of the executable. */
  readonly exes?: readonly string[];
}

/** Options of the capture library. What is absent has the library's default. Sizes are in bytes. */
export interface SensorConfig {
  readonly scope?: SensorScope;
  /** Kernel ring for captured bytes; a power of two. */
  readonly payloadRingBytes?: number;
  /** Kernel ring for everything else; a power of two. */
  readonly controlRingBytes?: number;
  /** Records that may wait inside the library. */
  readonly queueBytes?: number;
  readonly callLimitBytes?: number;
  readonly exchangeLimitBytes?: number;
  readonly maxConnections?: number;
  /** Capture the side that accepted the connection too. */
  readonly serverSide?: boolean;
  /** Use perf_event uprobes although the kernel has uprobe.multi. */
  readonly forcePerfUprobes?: boolean;
  /** Look for TLS libraries by itself. */
  readonly discover?: boolean;
  /** Stop a process below a spawned command for the moment in which probes are put on a file that it has just mapped. */
  readonly waitAttach?: boolean;
  /** The executable of this process is used for nothing but this program: who else runs it is not told of as not covered. */
  readonly ownProgram?: boolean;
  /** Files to attach to at once. */
  readonly images?: readonly string[];
}

/** Gives the JSON the library reads: the same names in snake_case, absent ones left out. */
export function toConfigJson(config: SensorConfig): string {
  return JSON.stringify(config, (_, value: unknown) => isPlainObject(value) ? toSnakeKeys(value) : value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Gives a copy of an object with its own keys in snake_case. */
export function toSnakeKeys(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map((
      [key, value],
    ) => [key.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase()), value]),
  );
}
