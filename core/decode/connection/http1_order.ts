/** What is known, on one HTTP/1.x connection, of the requests and answers that were not seen. */

/** A silence after which an answer that was not lost would have come, if as many were seen as were asked for. */
const SHORT_SILENCE_NS = 1e9;
/** A silence with nothing under way, as far as is known, in which a client that does not wait would have sent something. */
const SILENCE_NS = 5e9;
/** A silence in which nothing can be under way any more. */
const LONG_SILENCE_NS = 60e9;

/**
 * `sure`: the answers come in the order of the requests that were seen. `assumed`: requests were lost, or made before the
 * connection was seen, and nothing speaks against a client that waits for each answer. `lost`: an answer cannot be told from another.
 */
export type Order = "sure" | "assumed" | "lost";

/** Counts what is owed, and measures silences. */
export class OrderState {
  /** How well the order is known now. */
  order: Order = "sure";
  /** Requests under way at the same time were seen. */
  hasPipelined = false;
  /** Answers to no request that was seen, since the last request. */
  orphans = 0;
  /** Requests that have no answer yet, as far as they were counted since the order was lost. */
  #owed = 0;
  #lastNs = 0;
  #silenceNs = 0;
  #afterSilenceNs = -1;

  /** A record arrived, of either flow. */
  seen(timeNs: number): void {
    if (timeNs - this.#lastNs >= SHORT_SILENCE_NS) {
      this.#silenceNs = timeNs - this.#lastNs;
      this.#afterSilenceNs = timeNs;
    }
    this.#lastNs = timeNs;
  }

  /** The order is lost; so many requests wait for an answer. */
  lose(waiting: number): void {
    if (this.order === "lost") this.#owed += waiting;
    else this.#owed = waiting;
    this.order = "lost";
  }

  /** So many requests, seen or not, were made. */
  asked(requests: number): void {
    this.#owed += requests;
  }

  /** So many answers, seen or not, were given. */
  answered(answers: number): void {
    this.#owed -= answers;
  }

  /** What was found out proves the order. */
  prove(): void {
    this.order = "sure";
    this.#owed = 0;
  }

  /** A request begins. True: after a silence in which every answer came, so that the next answer is its own. */
  begins(firstByteNs: number, inFlight: number): boolean {
    if (firstByteNs !== this.#afterSilenceNs) return false;
    const isIdle = this.order === "assumed" && inFlight === 0 && this.#silenceNs >= SILENCE_NS;
    if (isIdle || this.#silenceNs >= LONG_SILENCE_NS) this.prove();
    else if (this.order === "lost" && this.#owed <= 0) this.order = "assumed";
    else return false;
    return true;
  }
}
