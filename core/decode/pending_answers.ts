/**
 * Answers that came too early: the vendor took the work on, and its outcome is fetched later by requests of their own (polls). The
 * call is one all the same. Its request is told at once; its answer is told when a poll brings the outcome, which is recognised by the
 * address the vendor gave, never by its looks. Polls are no calls.
 */
import type { HttpExchange } from "../model/http_exchange.ts";
import type { PendingWork } from "../model/model_call.ts";

/** An answer whose outcome nobody fetches for so long is told without it. */
const PATIENCE_NS = 600e9;
/** Most answers that wait, and the most characters their calls may hold together; beyond, the oldest is told without its outcome. */
const MOST_WAITING = 512;
const MOST_CHARS = 8 * 1024 * 1024;
const MOST_ADDRESSES = 8;
const MOST_PARAMETERS = 16;

/** An answer that waits, as the table sees it. */
export interface WaitingAnswer {
  /** UTF-16 units of its call, about. */
  readonly heldChars: number;
  /** Nobody fetched the outcome: tells what is known. */
  tellWithoutOutcome(): void;
}

interface Waiting<T extends WaitingAnswer> {
  readonly answer: T;
  readonly addresses: string[];
  untilNs: number;
}

/** The answers that wait, by the addresses their outcome may come from. */
export class PendingAnswers<T extends WaitingAnswer> {
  readonly #byAddress = new Map<string, Waiting<T>>();
  readonly #waiting = new Map<T, Waiting<T>>();
  #heldChars = 0;

  /** How many answers wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Lets an answer wait. */
  hold(answer: T, work: PendingWork, nowNs: number): void {
    const waiting: Waiting<T> = { answer, addresses: [], untilNs: nowNs + PATIENCE_NS };
    this.#waiting.set(answer, waiting);
    this.#heldChars += answer.heldChars;
    this.#add(waiting, work);
    while (this.#waiting.size > MOST_WAITING || (this.#heldChars > MOST_CHARS && this.#waiting.size > 1)) {
      const oldest = this.#waiting.keys().next().value;
      if (oldest === undefined) return;
      this.#tell(oldest);
    }
  }

  /** The answer whose outcome, or the way there, a request asks for; undefined for any other request. */
  find({ request }: HttpExchange): T | undefined {
    if (this.#waiting.size === 0 || request.host === undefined) return undefined;
    if (request.method !== "GET" && request.method !== "POST" && request.method !== "") return undefined;
    const whole = this.#byAddress.get(request.host + request.target);
    const path = request.host + request.path;
    return (whole ?? this.#byAddress.get(path) ?? this.#findByParameter(path, request.target))?.answer;
  }

  /** Not yet: the answer waits on, perhaps for another address. */
  prolong(answer: T, work: PendingWork | undefined, nowNs: number): void {
    const waiting = this.#waiting.get(answer);
    if (waiting === undefined) return;
    waiting.untilNs = nowNs + PATIENCE_NS;
    if (work !== undefined) this.#add(waiting, work);
  }

  /** Forgets an answer; false when it does not wait any more. */
  take(answer: T): boolean {
    const waiting = this.#waiting.get(answer);
    if (waiting === undefined) return false;
    this.#waiting.delete(answer);
    this.#heldChars -= answer.heldChars;
    for (const address of waiting.addresses) {
      if (this.#byAddress.get(address) === waiting) this.#byAddress.delete(address);
    }
    return true;
  }

  /** Time passed: tells the answers nobody asked about any more. */
  advance(nowNs: number): void {
    for (const { answer, untilNs } of this.#waiting.values()) {
      if (untilNs <= nowNs) this.#tell(answer);
    }
  }

  /** An address may name one parameter of the query; a poll may say more, in any order. */
  #findByParameter(path: string, target: string): Waiting<T> | undefined {
    const at = target.indexOf("?");
    if (at < 0) return undefined;
    for (const parameter of target.slice(at + 1).split("&", MOST_PARAMETERS)) {
      const waiting = this.#byAddress.get(`${path}?${parameter}`);
      if (waiting !== undefined) return waiting;
    }
    return undefined;
  }

  #add(waiting: Waiting<T>, { addresses }: PendingWork): void {
    for (const address of addresses) {
      if (waiting.addresses.length >= MOST_ADDRESSES) return;
      if (this.#byAddress.get(address) === waiting) continue;
      waiting.addresses.push(address);
      this.#byAddress.set(address, waiting);
    }
  }

  #tell(answer: T): void {
    if (this.take(answer)) answer.tellWithoutOutcome();
  }
}
