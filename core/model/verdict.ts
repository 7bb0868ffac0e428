/**
 * What the kernel shall copy of a connection from now on: `open` everything, `heads` 256 bytes of each write unless it
 * starts a request, `stop` nothing more.
 */
export type VerdictLevel = "open" | "heads" | "stop";

/** The only arrow back from decode to capture. */
export interface Verdict {
  /** The connection it is about. */
  readonly connId: number;
  /** What to copy from now on. */
  readonly level: VerdictLevel;
  /** Bytes written by the client when it was decided; the kernel ignores the verdict when more were written since. */
  readonly sentOffset: number;
  /** Why, for counters and the debug log. */
  readonly reason: "ai" | "not_http" | "not_ai_host" | "not_ai" | "undecided" | "http2_not_decoded" | "server_side";
}
