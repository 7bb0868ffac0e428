/**
 * What capture shall copy of one connection (design section 6). `stop` only where it cannot change: not HTTP, or a host listed
 * as one that never speaks to a model, on a connection seen from its first byte. `heads` for HTTP/1 requests that are no model
 * calls: the next request opens the connection again, in the kernel. HTTP/2 cannot be cut to heads: its frames need all bytes.
 */
import type { Verdict, VerdictLevel } from "../model/verdict.ts";
import type { Classification } from "./call_stage_types.ts";

/** The verdict of one connection. */
export class VerdictKeeper {
  /** Level the kernel was told last, as far as its records confirm it. */
  #level: VerdictLevel | undefined;
  #toldAt = 0;
  #isAi = false;
  readonly #connId: number;

  constructor(connId: number) {
    this.#connId = connId;
  }

  /** A model call was seen on this connection. */
  get isAi(): boolean {
    return this.#isAi;
  }

  /**
   * Takes what is known of an exchange. `sentOffset`: bytes written by the client so far. Gives the verdict to hand on, if it
   * is news.
   */
  classified(
    classification: Classification,
    connection: { readonly isFromStart: boolean; readonly canCut: boolean },
    sentOffset: number,
  ): Verdict | undefined {
    if (classification === "ai") {
      this.#isAi = true;
      return this.#level === "open" ? undefined : this.#tell("open", sentOffset, "ai");
    }
    if (this.#isAi || classification === "unknown") return undefined;
    if (classification === "not_ai_host") {
      const level = connection.isFromStart ? "stop" : "heads";
      return this.#level === level ? undefined : this.#tell(level, sentOffset, "not_ai_host");
    }
    if (!connection.canCut || this.#level !== undefined) return undefined;
    return this.#tell("heads", sentOffset, "not_ai");
  }

  /** Nothing on this connection is, or can be, a model call. */
  refused(isFromStart: boolean, sentOffset: number, reason: Verdict["reason"]): Verdict | undefined {
    const level = isFromStart ? "stop" : "heads";
    return this.#level === level || this.#isAi ? undefined : this.#tell(level, sentOffset, reason);
  }

  /**
   * Takes note of a sent record that was copied whole: the kernel opened the connection by itself, or ignored a verdict that
   * came too late.
   */
  sawWholeRecord(offset: number): void {
    if (this.#level === "heads" && offset >= this.#toldAt) this.#level = undefined;
  }

  #tell(level: VerdictLevel, sentOffset: number, reason: Verdict["reason"]): Verdict {
    this.#level = level;
    this.#toldAt = sentOffset;
    return { connId: this.#connId, level, sentOffset, reason };
  }
}
