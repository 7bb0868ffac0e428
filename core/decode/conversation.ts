/**
 * What is said on one connection: finds out its format and which end is the client, and feeds the parser. Bytes come in in order,
 * each offset once.
 */
import type { Completeness, ConnectionFacts } from "../model/http_exchange.ts";
import { RECEIVED, SENT } from "../model/raw_capture.ts";
import type { ConnectionParser, Flow, FlowOutcome } from "./connection/connection_format.ts";
import { OK } from "./connection/connection_format.ts";
import { CONNECTION_FORMATS } from "./connection/registry.ts";
import { type Detected, detectJoined, detectRequest } from "./detect.ts";
import type { DropCounters } from "./drop_counters.ts";
import { EarlyPieces } from "./early_pieces.ts";
import type { ExchangeSink } from "./exchange_sink.ts";
import type { RolePairs } from "./role_pairs.ts";

/** Bytes held, or looked at, before a connection is given up as not recognised. */
const MAX_UNDECIDED_BYTES = 64 * 1024;
/** Bytes of answers that wait for their request. */
const MAX_EARLY_BYTES = 4 * 1024 * 1024;

/** What a conversation needs from those around it. */
export interface ConversationContext {
  readonly sink: ExchangeSink;
  readonly drops: DropCounters;
  readonly pairs: RolePairs;
  /** Report connections whose server is the captured process. */
  readonly wantsServerSide: boolean;
  /** Records may arrive out of order. */
  readonly isUnordered: boolean;
}

/** Takes the news that a connection need not be copied any further, and says whether bytes of a direction are awaited. */
export interface ConversationHost {
  refused(reason: "not_http" | "server_side" | "undecided"): void;
  isWaiting(direction: 1 | 2): boolean;
}

/** `undecided` format unknown; `parsing`; `ignored` nothing on it is wanted. */
type State = "undecided" | "parsing" | "ignored";

/** The conversation on one connection. */
export class Conversation {
  /** The captured process sends the requests. */
  isClient = true;
  /** The beginning of a direction is missing: only a provable message start counts. */
  isMidStream: boolean;
  #state: State = "undecided";
  #ignoredAs = "";
  #parser: ConnectionParser | undefined;
  /** While the format is unknown: first bytes. Later: answers whose request is still to come. */
  readonly #early = new EarlyPieces();
  /** Bytes before the format was found that are lost, or were dropped, by direction. */
  readonly #missing = { [SENT]: 0, [RECEIVED]: 0 };
  #missingReason = "missing";
  /** Bytes of a connection joined late that began nothing. */
  #unknownBytes = 0;
  readonly #facts: ConnectionFacts;
  readonly #context: ConversationContext;
  readonly #host: ConversationHost;

  constructor(facts: ConnectionFacts, context: ConversationContext, host: ConversationHost) {
    this.#facts = facts;
    this.#context = context;
    this.#host = host;
    this.isMidStream = facts.joinedLate;
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return (this.#parser?.heldBytes ?? 0) + this.#early.heldBytes;
  }

  /** True when answers wait for their request. */
  get isWaiting(): boolean {
    return this.#state === "parsing" && !this.#early.isEmpty;
  }

  /** True when an exchange is under way. */
  get isBusy(): boolean {
    return this.#parser !== undefined && this.#parser.inFlight > 0;
  }

  /** Takes the next bytes of a direction. */
  bytes(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    if (this.#state === "parsing") {
      if (this.#context.isUnordered) this.#parseUnordered(direction, bytes, timeNs);
      else this.#parse(this.#flowOf(direction), bytes, timeNs);
    } else if (this.#state === "undecided") this.#decide(direction, bytes, timeNs);
    else if (this.#ignoredAs !== "") this.#context.drops.add(this.#ignoredAs, bytes.length);
  }

  /** Bytes of a direction are missing. */
  gap(direction: 1 | 2, lostBytes: number, reason: string, timeNs: number): void {
    if (this.#state === "parsing") {
      // Answers that wait were before the gap in their own direction only.
      if (this.#flowOf(direction) === "response") this.settle();
      this.#parser?.gap(this.#flowOf(direction), lostBytes, reason, timeNs);
    } else if (this.#state === "undecided") {
      this.isMidStream = true;
      this.#missing[direction] += lostBytes;
      this.#missingReason = reason;
      for (const piece of this.#early.take()) this.#missing[piece.direction] += piece.bytes.length;
    }
  }

  /** Bytes of a direction are missing at its end so far. */
  lostAhead(direction: 1 | 2): void {
    if (this.#state === "parsing") this.#parser?.lostAhead?.(this.#flowOf(direction));
  }

  /** Tells the first answer that waits for its request, if it is older than `timeNs`. False when none is. */
  tellAnswerBefore(timeNs: number): boolean {
    if (this.#state !== "parsing" || this.#early.firstNs > timeNs) return false;
    this.#tellFirstEarly();
    return true;
  }

  /** Nothing that is waited for will come. */
  settle(): void {
    if (this.#state !== "parsing") return;
    while (!this.#early.isEmpty) this.#tellFirstEarly();
  }

  /** The addresses are known: the other end may be captured too. */
  bound(): void {
    if (this.#state !== "parsing" || this.isBusy) return;
    if (!this.#context.pairs.claim(this.#facts, this.isClient)) this.#ignore("other_end");
  }

  /** Time passed. */
  advance(nowNs: number): void {
    this.#parser?.advance(nowNs);
  }

  /** Ends the exchange idle longest; false when there is none. */
  evict(timeNs: number): boolean {
    return this.#parser?.evict("memory", timeNs) ?? false;
  }

  /** Ends every exchange; bytes that come later are dropped. */
  end(completeness: Completeness, reason: string, timeNs: number): void {
    this.settle();
    this.#parser?.close(completeness, reason, timeNs);
    this.#parser = undefined;
    this.#ignore("closed");
    this.#context.pairs.release(this.#facts);
  }

  #flowOf(direction: 1 | 2): Flow {
    return (direction === SENT) === this.isClient ? "request" : "response";
  }

  #parse(flow: Flow, bytes: Uint8Array, timeNs: number): void {
    const outcome = this.#parser?.push(flow, bytes, timeNs) ?? OK;
    if (outcome !== OK) this.#follow(outcome, timeNs);
  }

  /** An answer that overtook its request waits for it. */
  #parseUnordered(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    const flow = this.#flowOf(direction);
    if (flow === "request") {
      this.#parse(flow, bytes, timeNs);
      while (!this.#early.isEmpty && this.#mayTellAnswer()) this.#tellFirstEarly();
    } else if (this.#early.isEmpty && this.#mayTellAnswer()) this.#parse(flow, bytes, timeNs);
    else {
      this.#early.add(direction, bytes, timeNs);
      if (this.#early.heldBytes > MAX_EARLY_BYTES) this.settle();
    }
  }

  #mayTellAnswer(): boolean {
    return !this.#host.isWaiting(this.isClient ? SENT : RECEIVED) && (this.#parser?.isExpecting("response") ?? true);
  }

  #tellFirstEarly(): void {
    const piece = this.#early.takeFirst();
    if (piece !== undefined) this.#parse(this.#flowOf(piece.direction), piece.bytes, piece.timeNs);
  }

  #follow(outcome: FlowOutcome, timeNs: number): void {
    if (outcome.type === "ok") return;
    if (outcome.type === "invalid") {
      this.#parser?.close("truncated", outcome.reason, timeNs);
      this.#parser = undefined;
      return this.#ignore("undecodable");
    }
    const { to, rest, handover } = outcome;
    const format = CONNECTION_FORMATS.find((format) => format.upgradeTokens?.includes(to));
    const parser = format?.createUpgraded?.(this.#facts, this.#context.sink, handover);
    this.#parser = parser;
    if (parser === undefined) {
      handover.requestSink?.end("complete", timeNs);
      handover.responseSink?.end("truncated", timeNs);
      this.#context.sink.exchangeEnd(handover.exchange, timeNs);
      this.#context.sink.undecodable(this.#facts, "unknown_upgrade", timeNs);
      return this.#ignore("undecodable");
    }
    if (handover.requestRest !== undefined) this.#parse("request", handover.requestRest, timeNs);
    if (rest.length > 0) this.#parse("response", rest, timeNs);
  }

  #decide(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    if (this.isMidStream) return this.#decideJoined(direction, bytes, timeNs);
    const detected = detectRequest(direction, this.#early.joined(direction, bytes));
    if (typeof detected === "object") return this.#open(detected, direction, bytes, timeNs);
    // Who speaks first need not be the client (a server may greet), so only the other end's bytes settle it.
    const isClientsTurn = direction === (this.#facts.serverSide ? RECEIVED : SENT);
    const isTooMuch = this.#early.heldBytes + bytes.length > MAX_UNDECIDED_BYTES;
    if ((detected === "none" && isClientsTurn) || isTooMuch) return this.#refuse("not_http", bytes.length);
    this.#early.add(direction, bytes, timeNs);
  }

  #decideJoined(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    const detected = detectJoined(direction, bytes);
    if (detected !== undefined) return this.#open(detected, direction, bytes, timeNs);
    this.#context.drops.add("joined_late", bytes.length);
    this.#missing[direction] += bytes.length;
    const before = this.#unknownBytes;
    this.#unknownBytes += bytes.length;
    if (before > MAX_UNDECIDED_BYTES || this.#unknownBytes <= MAX_UNDECIDED_BYTES) return;
    this.#host.refused("undecided");
  }

  #open(detected: Detected, direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    this.isClient = detected.isClient;
    this.#facts.serverSide = !detected.isClient;
    if (!detected.isClient && !this.#context.wantsServerSide) return this.#refuse("server_side", bytes.length);
    if (!this.#context.pairs.claim(this.#facts, detected.isClient)) return this.#ignore("other_end");
    this.#state = "parsing";
    const parser = detected.format.createParser(this.#facts, this.#context.sink);
    this.#parser = parser;
    if (this.isMidStream && !this.#facts.joinedLate) {
      for (const lost of [SENT, RECEIVED] as const) {
        if (this.#missing[lost] > 0) parser.gap(this.#flowOf(lost), this.#missing[lost], this.#missingReason, timeNs);
      }
    }
    if (this.#early.isEmpty) return this.bytes(direction, bytes, timeNs);
    this.#early.add(direction, bytes, timeNs);
    for (const piece of this.#early.take()) this.bytes(piece.direction, piece.bytes, piece.timeNs);
  }

  #refuse(reason: "not_http" | "server_side", bytes: number): void {
    this.#context.drops.add(reason, this.#early.heldBytes + bytes);
    this.#ignore(reason);
    this.#host.refused(reason);
  }

  #ignore(as: string): void {
    this.#state = "ignored";
    this.#ignoredAs = as;
    this.#early.clear();
  }
}
