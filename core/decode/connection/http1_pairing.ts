/**
 * Which response belongs to which request on one HTTP/1.x connection. Without loss that is their order. After loss it is known
 * where the client waits for each answer before its next request: then a response belongs to the latest request. Where requests
 * were under way at the same time, a loss makes the order unknown, and no response is paired until it is known again: by a name
 * that an answer repeats, or after a silence in which all that was asked for was answered.
 */
import type { Completeness } from "../../model/http_exchange.ts";
import type { ExchangeSink } from "../exchange_sink.ts";
import type { MutableExchange } from "./connection_format.ts";
import { findAsked, hasName, MAX_NAMED } from "./http1_echo.ts";
import type { AnswerHead, Entry } from "./http1_entry.ts";
import { OrderState } from "./http1_order.ts";
import { type MessageReader, SKIPPED } from "./http1_reader.ts";

/** The exchanges under way on one connection. */
export class Pairing {
  /** In order of request; the first is the one the next response belongs to. */
  readonly entries: Entry[] = [];
  /** Entry whose request is being read. */
  current: Entry | undefined;
  /** Bytes of requests were lost behind the last ones seen. */
  isRequestLostAhead = false;
  /** Bytes of responses were lost behind the last ones seen. */
  isResponseLostAhead = false;
  readonly order = new OrderState();
  /** Requests of unknown order that their answers may name. */
  #named: Entry[] = [];
  /** Requests may have been lost since the last one seen. */
  #isRequestUnsure: boolean;
  /** A whole head was among them. */
  #isRequestLost = false;
  #isResponseUnsure: boolean;
  #lostReason = "missing";

  constructor(
    private readonly sink: ExchangeSink,
    private readonly requests: () => MessageReader,
    private readonly responses: () => MessageReader,
    joinedLate: boolean,
    /** Records say what the other flow lost before them: what is not said was not lost. */
    private readonly tellsLoss: boolean,
  ) {
    this.#isRequestUnsure = this.#isResponseUnsure = joinedLate;
    // Who waits for what was asked before is not known.
    if (joinedLate) this.order.order = "assumed";
  }

  /** Exchanges under way, those of unknown order among them. */
  get inFlight(): number {
    return this.entries.length + this.#named.length + (this.current === undefined ? 0 : 1);
  }

  /** Exchanges the call stage waits for. */
  waiting(): Entry[] {
    const waiting = [...this.#named, ...this.entries].filter((entry) => !entry.isTold);
    const { current } = this;
    if (current !== undefined && !current.isTold && !waiting.includes(current)) waiting.push(current);
    return waiting;
  }

  /** Adds the exchange of a request head. */
  add(exchange: MutableExchange, upgrade: string | undefined): Entry {
    const { order } = this;
    if (order.order !== "sure" && order.begins(exchange.request.firstByteNs, this.entries.length)) this.#restart();
    const isAfterLoss = this.#isRequestUnsure;
    const isEarly = this.#isEarly();
    if (this.tellsLoss && isEarly && this.entries.length > 0) order.hasPipelined = true;
    if (isAfterLoss && order.order !== "lost" && (order.hasPipelined || (this.tellsLoss && isEarly))) this.#loseOrder();
    if (order.order === "lost") order.asked(this.#isRequestLost ? 2 : 1);
    else if (isAfterLoss && this.#isRequestLost) order.order = "assumed";
    this.#isRequestUnsure = this.#isRequestLost = false;
    order.orphans = 0;
    const isLost = order.order === "lost";
    const entry: Entry = {
      exchange,
      requestSink: undefined,
      isRequestOver: false,
      isTold: false,
      isAfterLoss,
      isAfterAnswerLoss: this.isResponseLostAhead || this.#isResponseUnsure,
      isEarly,
      upgrade: isLost ? undefined : upgrade,
    };
    this.current = entry;
    if (!isLost) this.entries.push(entry);
    else this.#addNamed(entry);
    return entry;
  }

  /** Gives the exchange that a final response head belongs to. */
  match(head: AnswerHead): Entry | undefined {
    const { order } = this;
    const named = this.#findNamed(head);
    const entry = named ?? this.#matchByOrder(head);
    if (entry === undefined) {
      order.orphans++;
      order.answered(1);
      // Nothing was asked for: more was lost than was thought.
      if (this.tellsLoss && this.entries.length === 0 && this.#knowsLastRequest()) this.#loseOrder();
    } else if (order.order === "assumed" && named === undefined) entry.exchange.isPairingAssumed = true;
    return entry;
  }

  /** Whether a request waits that an answer which begins now may belong to; `isInAnswer`: behind the one that is under way. */
  mayAnswer(isInAnswer: boolean): boolean {
    return this.#named.length > 0 || this.entries.length > (isInAnswer ? 1 : 0);
  }

  /** The beginning of an answer was seen that cannot belong to a request that was. */
  orphan(): void {
    this.order.orphans++;
    this.order.answered(1);
  }

  /** The request under way has ended. */
  requestEnded(timeNs: number): void {
    const entry = this.current;
    this.current = undefined;
    if (entry === undefined) return;
    entry.isRequestOver = true;
    if (!this.entries.includes(entry) && !this.#named.includes(entry)) {
      this.tellEnd(entry, "complete", entry.exchange.response ? "" : "pairing", timeNs);
    }
  }

  /** The response under way has ended. */
  responseEnded(timeNs: number): void {
    const entry = this.entries.shift();
    const next = this.entries[0];
    const isWhole = entry?.exchange.response?.completeness === "complete";
    if (isWhole && next !== undefined && next.exchange.request.firstByteNs < timeNs) this.order.hasPipelined = true;
    if (entry?.isRequestOver) this.tellEnd(entry, "complete", "", timeNs);
  }

  /** Requests may have been lost; `isHeadLost`: at least one was. */
  requestLost(isHeadLost: boolean): void {
    this.#isRequestUnsure = true;
    this.#isRequestLost ||= isHeadLost;
  }

  /** A response, or several, may have been lost; `isHeadLost`: the beginning of at least one was. */
  responseLost(reason: string, isHeadLost: boolean, timeNs: number): void {
    this.#isResponseUnsure = true;
    this.#lostReason = reason;
    if (this.#isPipelined()) {
      this.#cutAllUnknown(reason, timeNs);
      this.order.answered(isHeadLost ? 1 : 0);
      return;
    }
    const [first] = this.entries;
    const isOwn = isHeadLost && first?.isAfterAnswerLoss !== true;
    if (isOwn && first !== undefined && first !== this.current && this.#sentUntil(timeNs) === 1) {
      // Its answer is what was lost.
      this.entries.shift();
      return this.#cut(first, "gap", reason, timeNs);
    }
    const certain = isOwn && this.tellsLoss ? 1 : 0;
    const isUnsure = this.#keepLast(reason, timeNs, timeNs) > certain || first?.isAfterAnswerLoss === true;
    if (isUnsure && !reason.startsWith(SKIPPED)) this.#assumeOrder();
  }

  /** The framing of the response under way is unsure: those that wait behind it cannot be told apart if they were pipelined. */
  responseUnsure(reason: string, timeNs: number): void {
    this.#isResponseUnsure = true;
    this.#lostReason = reason;
    if (!this.#isPipelined()) return;
    const behind = this.entries.splice(1);
    this.#loseOrder();
    this.order.lose(behind.length);
    for (const entry of behind) this.#cut(entry, "gap", reason, timeNs);
  }

  /** True when what follows a gap in the chunks of an answer must belong to it; its framing is known again then. */
  mayResumeResponse(): boolean {
    if (this.entries.length !== 1 || this.order.order === "lost" || !this.#knowsLastRequest()) return false;
    this.#isResponseUnsure = false;
    return true;
  }

  /** Ends one exchange towards the call stage while its bytes may still come. */
  cut(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    this.#cut(entry, completeness, reason, timeNs);
  }

  /** Ends everything: the connection is over. */
  close(completeness: Completeness, reason: string, timeNs: number): void {
    for (const entry of this.waiting()) this.tellEnd(entry, completeness, reason, timeNs);
    this.entries.length = 0;
    this.#named = [];
    this.current = undefined;
  }

  /** Tells the call stage that nothing more comes for an exchange; ends its request if that is still open. */
  tellEnd(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    if (entry.isTold) return;
    entry.isTold = true;
    const { request, response } = entry.exchange;
    if (request.completeness === "in_flight") {
      request.completeness = completeness;
      if (reason !== "") request.reasons.push(reason);
      entry.requestSink?.end(completeness, timeNs);
    }
    if (response === undefined && reason !== "") request.reasons.push(`no_response:${reason}`);
    this.sink.exchangeEnd(entry.exchange, timeNs);
  }

  #matchByOrder(head: AnswerHead): Entry | undefined {
    const { firstByteNs, timeNs } = head;
    const [first, next] = this.entries;
    if (this.#isResponseUnsure) return this.#matchAfterLoss(firstByteNs, timeNs);
    // Whoever waits for the answer that begins here has sent nothing behind its request.
    if (first?.isRequestOver && this.isRequestLostAhead) this.order.hasPipelined = true;
    if (first?.isAfterLoss && first.isEarly) this.#sawPipelining(timeNs);
    else if (next !== undefined && next.exchange.request.firstByteNs < firstByteNs) this.#sawPipelining(timeNs);
    return this.entries[0];
  }

  #matchAfterLoss(firstByteNs: number, timeNs: number): Entry | undefined {
    this.#isResponseUnsure = false;
    if (this.#isPipelined() || !this.#knowsLastRequest()) {
      // Answers were lost, and what this one answers may be lost, too.
      this.#cutAllUnknown(this.#lostReason, timeNs);
      return undefined;
    }
    const skipped = this.#keepLast(this.#lostReason, firstByteNs, timeNs);
    const [entry] = this.entries;
    if (skipped > 0 || entry?.isEarly) this.#assumeOrder();
    // Requests may be read ahead while a hole in the answers waits to be filled: none answers before it is asked.
    return entry !== undefined && entry.exchange.request.firstByteNs <= firstByteNs ? entry : undefined;
  }

  /** The request that an answer names, or that both ends call the last; what was asked before it has no answer any more. */
  #findNamed(head: AnswerHead): Entry | undefined {
    if (this.order.order === "sure" && !this.#isResponseUnsure) return undefined;
    const candidates = [...this.entries, ...this.#named];
    const entry = findAsked(candidates, head, this.#knowsLastRequest());
    if (entry !== undefined) this.#resume(candidates, candidates.indexOf(entry), head.timeNs);
    return entry;
  }

  /** From the one at `at` on the order is known, up to the next loss. */
  #resume(candidates: readonly Entry[], at: number, timeNs: number): void {
    const end = candidates.findIndex((entry, index) => index > at && entry.isAfterLoss);
    const known = candidates.slice(at, end < 0 ? undefined : end);
    for (const entry of candidates.slice(0, at)) this.#cut(entry, "gap", "pairing", timeNs);
    this.entries.splice(0, this.entries.length, ...known);
    this.#named = end < 0 ? [] : candidates.slice(end);
    this.#isResponseUnsure = false;
    this.order.prove();
    if (end >= 0) this.order.lose(this.#named.length);
  }

  #addNamed(entry: Entry): void {
    if (!hasName(entry.exchange.request.headers)) return;
    this.#named.push(entry);
    if (this.#named.length <= MAX_NAMED) return;
    const oldest = this.#named.shift();
    if (oldest !== undefined) this.#cut(oldest, "truncated", "pairing", oldest.exchange.request.lastByteNs);
  }

  /** What was asked for before a silence is not answered any more. */
  #restart(): void {
    for (const entry of this.#named) this.#cut(entry, "gap", "pairing", entry.exchange.request.lastByteNs);
    this.#named = [];
    this.#isResponseUnsure = false;
  }

  /** From here on no answer can be told from another; requests that were made before, in known order, keep theirs. */
  #loseOrder(): void {
    this.order.hasPipelined = true;
    this.order.lose(0);
  }

  /** Nothing that waits has a place any more, but for what an answer may name. */
  #cutAllUnknown(reason: string, timeNs: number): void {
    const waiting = [...this.entries];
    this.#loseOrder();
    this.order.lose(waiting.length);
    const named = waiting.filter(({ exchange }) =>
      exchange.response === undefined && hasName(exchange.request.headers)
    );
    for (const entry of waiting) if (!named.includes(entry)) this.#giveUp(entry, reason, timeNs);
    this.entries.length = 0;
    this.#named.unshift(...named);
  }

  /** Nothing speaks against a client that waits for each answer, but more was lost than is known for certain. */
  #assumeOrder(): void {
    if (this.order.order === "sure") this.order.order = "assumed";
  }

  #cut(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    if (entry.isTold) return;
    if (entry === this.current) this.requests().abandon(completeness, reason, timeNs);
    if (entry === this.entries[0]) this.responses().abandon(completeness, reason, timeNs);
    this.tellEnd(entry, completeness, reason, timeNs);
  }

  /** No answer will be its own; a request under way is read to its end. */
  #giveUp(entry: Entry, reason: string, timeNs: number): void {
    if (entry !== this.current || !this.requests().isInMessage) this.#cut(entry, "gap", reason, timeNs);
  }

  /** An earlier request lacks its answer, and nothing says that bytes of answers were lost. */
  #isEarly(): boolean {
    if (this.isResponseLostAhead || this.#isResponseUnsure) return false;
    return this.entries.length > 0 || (this.#isRequestLost && this.order.orphans === 0);
  }

  /** Requests were under way at the same time, for sure. */
  #isPipelined(): boolean {
    return this.order.hasPipelined || this.order.order === "lost";
  }

  /** No request was lost behind the last one seen. */
  #knowsLastRequest(): boolean {
    return !this.#isRequestUnsure && !this.isRequestLostAhead && !this.requests().isSeekingChunk;
  }

  #sentUntil(sinceNs: number): number {
    return this.entries.findLastIndex((entry) => entry.exchange.request.firstByteNs <= sinceNs) + 1;
  }

  /** Of the requests that began until `sinceNs`, only the last can still be answered. Gives how many can not. */
  #keepLast(reason: string, sinceNs: number, timeNs: number): number {
    const last = this.#sentUntil(sinceNs) - 1;
    if (last < 1) return 0;
    for (const entry of this.entries.splice(0, last)) this.#cut(entry, "gap", reason, timeNs);
    return last;
  }

  #sawPipelining(timeNs: number): void {
    this.order.hasPipelined = true;
    const first = this.entries.findIndex((entry) => entry.isAfterLoss);
    if (first < 0) return;
    const unknown = this.entries.splice(first);
    this.#loseOrder();
    this.order.lose(unknown.length);
    const named = unknown.filter(({ exchange }) => hasName(exchange.request.headers));
    for (const entry of unknown) if (!named.includes(entry)) this.#giveUp(entry, "pairing", timeNs);
    this.#named.unshift(...named);
  }
}
