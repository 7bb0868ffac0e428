/** Why captured bytes are missing (record format, section Account). */
export type LossReason =
  | "ring_full"
  | "read_fault"
  | "call_limit"
  | "exchange_limit"
  | "map_full"
  | "no_stash"
  | "share"
  | "memory"
  | "queue_full"
  | "damaged";

/** Why bytes were left out on purpose. */
export type SkipReason = "not_ai" | "tunnel" | "undecided" | "server_side";

/** Byte totals of one run: `seenBytes = capturedBytes + skipped + lost`, exact after detach. */
export interface Account {
  /** Bytes of in-scope TLS calls. */
  seenBytes: number;
  /** Bytes that were delivered. */
  capturedBytes: number;
  /** Bytes left out on purpose, by reason. */
  skippedBytes: Record<string, number>;
  /** Bytes lost, by reason. */
  lostBytes: Record<string, number>;
  /** In-scope TLS calls. */
  calls: number;
  /** Calls of processes out of scope; their bytes are not looked at. */
  outOfScopeCalls: number;
  /** Connections seen. */
  connections: number;
}

/** What a stage or source dropped: counts and bytes by reason. Sums only grow. */
export interface LossCounters {
  /** Reason to number of items (records, exchanges or events, as the owner documents). */
  readonly items: Record<string, number>;
  /** Reason to bytes. */
  readonly bytes: Record<string, number>;
}
