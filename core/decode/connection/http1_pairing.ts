/**
 * Which response belongs to which request on one HTTP/1.x connection. Without loss that is their order. After loss it is known
 * only where the client waits for each answer before its next request: then a response belongs to the latest request. A
 * connection that was seen pipelining gets no response paired that a gap makes unsure.
 */
import type { Completeness } from "../../model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../exchange_sink.ts";
import type { MutableExchange } from "./connection_format.ts";
import type { MessageReader } from "./http1_reader.ts";

/** An exchange whose framing is still under way. */
export interface Entry {
  readonly exchange: MutableExchange;
  requestSink: BodySink | undefined;
  isRequestOver: boolean;
  /** The call stage was told the end; what still comes is dropped. */
  isTold: boolean;
  /** Requests before it may have been lost. */
  readonly isAfterLoss: boolean;
  /** Lower-case protocol the client asked to switch to; the request stays open until the answer. */
  upgrade: string | undefined;
}

/** The exchanges under way on one connection. */
export class Pairing {
  /** In order of request; the first is the one the next response belongs to. */
  readonly entries: Entry[] = [];
  /** Entry whose request is being read. */
  current: Entry | undefined;
  /** Requests may have been lost since the last one seen. */
  isRequestUnsure: boolean;
  /** Bytes of requests were lost behind the last ones seen. */
  isRequestLostAhead = false;
  #isResponseUnsure: boolean;
  #lostReason = "missing";
  #hasPipelined = false;
  /** Requests were lost on a connection that pipelines: from here on no answer can be told from another. */
  #isLost = false;

  constructor(
    private readonly sink: ExchangeSink,
    private readonly requests: () => MessageReader,
    private readonly responses: () => MessageReader,
    joinedLate: boolean,
  ) {
    this.isRequestUnsure = this.#isResponseUnsure = joinedLate;
  }

  /** Exchanges the call stage waits for. */
  waiting(): Entry[] {
    const waiting = this.entries.filter((entry) => !entry.isTold);
    const { current } = this;
    if (current !== undefined && !current.isTold && !waiting.includes(current)) waiting.push(current);
    return waiting;
  }

  /** Adds the exchange of a request head. */
  add(exchange: MutableExchange, upgrade: string | undefined): Entry {
    const isAfterLoss = this.isRequestUnsure;
    this.isRequestUnsure = false;
    const entry: Entry = {
      exchange,
      requestSink: undefined,
      isRequestOver: false,
      isTold: false,
      isAfterLoss,
      upgrade: this.#isLost ? undefined : upgrade,
    };
    this.current = entry;
    if (!this.#isLost) this.entries.push(entry);
    return entry;
  }

  /** Gives the exchange that a final response head belongs to. */
  match(firstByteNs: number, timeNs: number): Entry | undefined {
    if (this.#isResponseUnsure) {
      this.#isResponseUnsure = false;
      if (!this.#knowsLastRequest()) {
        // Answers were lost, and what this one answers may be lost, too.
        this.cutAll(this.#lostReason, timeNs);
        return undefined;
      }
      this.#keepLast(this.#lostReason, firstByteNs, timeNs);
      const [entry] = this.entries;
      // Requests may be read ahead while a hole in the answers waits to be filled: none answers before it is asked.
      return entry !== undefined && entry.exchange.request.firstByteNs <= firstByteNs ? entry : undefined;
    }
    const next = this.entries[1];
    if (next !== undefined && next.exchange.request.firstByteNs < firstByteNs) this.#sawPipelining(timeNs);
    return this.entries[0];
  }

  /** The request under way has ended. */
  requestEnded(timeNs: number): void {
    const entry = this.current;
    this.current = undefined;
    if (entry === undefined) return;
    entry.isRequestOver = true;
    if (!this.entries.includes(entry)) {
      this.tellEnd(entry, "complete", entry.exchange.response ? "" : "pairing", timeNs);
    }
  }

  /** The response under way has ended. */
  responseEnded(timeNs: number): void {
    const entry = this.entries.shift();
    if (entry?.isRequestOver) this.tellEnd(entry, "complete", "", timeNs);
  }

  /** A response, or several, may have been lost. */
  responseLost(reason: string, timeNs: number): void {
    this.#isResponseUnsure = true;
    this.#lostReason = reason;
    this.#keepLast(reason, timeNs, timeNs);
    if (this.#hasPipelined) this.cutAll(reason, timeNs);
  }

  /** The framing of the response under way is unsure: those that wait behind it cannot be told apart if they were pipelined. */
  responseUnsure(reason: string, timeNs: number): void {
    this.#isResponseUnsure = true;
    this.#lostReason = reason;
    if (!this.#hasPipelined) return;
    for (const entry of this.entries.splice(1)) this.#cut(entry, "gap", reason, timeNs);
  }

  /** True when what follows a gap in the chunks of an answer must belong to it; its framing is known again then. */
  mayResumeResponse(): boolean {
    if (this.entries.length !== 1 || !this.#knowsLastRequest()) return false;
    this.#isResponseUnsure = false;
    return true;
  }

  /** Ends every exchange towards the call stage; the framing of a request under way stays known. */
  cutAll(reason: string, timeNs: number): void {
    for (const entry of this.entries) this.#cut(entry, "gap", reason, timeNs);
    this.entries.length = 0;
    if (this.current !== undefined) this.entries.push(this.current);
  }

  /** Ends one exchange towards the call stage while its bytes may still come. */
  cut(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    this.#cut(entry, completeness, reason, timeNs);
  }

  /** Ends everything: the connection is over. */
  close(completeness: Completeness, reason: string, timeNs: number): void {
    for (const entry of this.waiting()) this.tellEnd(entry, completeness, reason, timeNs);
    this.entries.length = 0;
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

  #cut(entry: Entry, completeness: Completeness, reason: string, timeNs: number): void {
    if (entry.isTold) return;
    if (entry === this.current) this.requests().abandon(completeness, reason, timeNs);
    if (entry === this.entries[0]) this.responses().abandon(completeness, reason, timeNs);
    this.tellEnd(entry, completeness, reason, timeNs);
  }

  /** No request was lost behind the last one seen. */
  #knowsLastRequest(): boolean {
    return !this.isRequestUnsure && !this.isRequestLostAhead && !this.requests().isSeekingChunk;
  }

  /** Of the requests that began until `sinceNs`, only the last can still be answered. */
  #keepLast(reason: string, sinceNs: number, timeNs: number): void {
    const last = this.entries.findLastIndex((entry) => entry.exchange.request.firstByteNs <= sinceNs);
    if (last < 1) return;
    for (const entry of this.entries.splice(0, last)) this.#cut(entry, "gap", reason, timeNs);
  }

  #sawPipelining(timeNs: number): void {
    this.#hasPipelined = true;
    const first = this.entries.findIndex((entry) => entry.isAfterLoss);
    if (first < 0) return;
    this.#isLost = true;
    for (const entry of this.entries.splice(first)) this.#cut(entry, "gap", "pairing", timeNs);
  }
}
