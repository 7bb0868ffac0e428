/**
 * One connection under capture: puts both directions into order, finds format and role, feeds the parser, keeps the verdict.
 */
import type { ByteStream } from "../model/byte_stream.ts";
import type { Completeness, ConnectionFacts } from "../model/http_exchange.ts";
import { type RawConnection, type RawData, type RawLoss, RECEIVED, RecordFlag, SENT } from "../model/raw_capture.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Classification } from "./call_stage_types.ts";
import type { ConnectionParser, Flow, FlowOutcome } from "./connection/connection_format.ts";
import { OK } from "./connection/connection_format.ts";
import { CONNECTION_FORMATS } from "./connection/registry.ts";
import { type Detected, detectJoined, detectRequest } from "./detect.ts";
import type { DropCounters } from "./drop_counters.ts";
import { EarlyPieces } from "./early_pieces.ts";
import type { ExchangeSink } from "./exchange_sink.ts";
import { Reassembler } from "./reassemble.ts";
import type { RolePairs } from "./role_pairs.ts";
import { VerdictKeeper } from "./verdict.ts";

/** Bytes held, or looked at, before a connection is given up as not recognised. */
const MAX_UNDECIDED_BYTES = 64 * 1024;

/** Bytes of answers that wait for their request. */
const MAX_EARLY_BYTES = 4 * 1024 * 1024;

/** What all connections of a decoder share. */
export interface ConnectionContext {
  readonly sink: ExchangeSink;
  readonly drops: DropCounters;
  readonly pairs: RolePairs;
  /** Report connections whose server is the captured process. */
  readonly wantsServerSide: boolean;
  /** Records may arrive out of order. */
  readonly isUnordered: boolean;
  verdict(verdict: Verdict): void;
}

/** How the connection ended; takes effect when its last bytes are there or lost. */
interface Ending {
  readonly reason: "closed" | "process_exit";
  readonly timeNs: number;
  readonly sentEnd?: number;
  readonly receivedEnd?: number;
}

/** `undecided` format unknown; `parsing`; `ignored` nothing on it is wanted. */
type State = "undecided" | "parsing" | "ignored";

/** One connection. */
export class TrackedConnection {
  readonly facts: ConnectionFacts;
  /** Capture time of the newest byte or fact. */
  lastNs: number;
  /** `heldBytes` as the table last counted it. */
  countedBytes = 0;
  #state: State = "undecided";
  #ignoredAs = "";
  #isClient = true;
  #parser: ConnectionParser | undefined;
  /** The beginning of a direction is missing: only a provable message start counts. */
  #isMidStream: boolean;
  /** While the format is unknown: first bytes. Later: answers whose request is still to come. */
  readonly #early = new EarlyPieces();
  /** Bytes of a connection joined late that began nothing. */
  #unknownBytes = 0;
  #ending: Ending | undefined;
  readonly #sent: Reassembler;
  readonly #received: Reassembler;
  readonly #verdicts: VerdictKeeper;
  readonly #context: ConnectionContext;

  constructor(facts: ConnectionFacts, context: ConnectionContext, timeNs: number, first?: RawData) {
    this.facts = facts;
    this.lastNs = timeNs;
    this.#context = context;
    this.#isMidStream = facts.joinedLate;
    this.#verdicts = new VerdictKeeper(facts.connId);
    const sentFrom = facts.joinedLate && first?.direction === SENT ? first.streamOffset : 0;
    const receivedFrom = facts.joinedLate && first?.direction === RECEIVED ? first.streamOffset : 0;
    this.#sent = new Reassembler(this.#streamOf(SENT), context.isUnordered, sentFrom);
    this.#received = new Reassembler(this.#streamOf(RECEIVED), context.isUnordered, receivedFrom);
  }

  /** Bytes held for this connection, without those of the call stage. */
  get heldBytes(): number {
    return (this.#parser?.heldBytes ?? 0) + this.#sent.heldBytes + this.#received.heldBytes + this.#early.heldBytes;
  }

  /** True when records wait for a hole to be filled, or the close for its bytes. */
  get isWaiting(): boolean {
    return this.#ending !== undefined || this.#sent.isWaiting || this.#received.isWaiting;
  }

  /** True when an exchange is under way. */
  get isBusy(): boolean {
    return this.#parser !== undefined && this.#parser.inFlight > 0;
  }

  /** Takes a record. */
  data(fact: RawData): void {
    const isSent = fact.direction === SENT;
    const timeNs = isSent ? fact.entryNs : fact.returnNs;
    const reassembler = isSent ? this.#sent : this.#received;
    this.lastNs = timeNs;
    if (isSent && (fact.flags & RecordFlag.headsOnly) === 0) this.#verdicts.sawWholeRecord(fact.streamOffset);
    reassembler.data(fact.streamOffset, fact.bytes, timeNs);
    if (fact.flags !== 0) reassembler.holeReason = holeReason(fact.flags, reassembler.holeReason);
  }

  /** Takes a loss of this connection. */
  loss(fact: RawLoss): void {
    if (fact.direction === 0) return;
    const reassembler = fact.direction === SENT ? this.#sent : this.#received;
    const reason = fact.skipped === true ? `skipped_${fact.reason}` : fact.reason;
    if (fact.streamOffset === undefined) reassembler.holeReason = reason;
    else reassembler.lost(fact.streamOffset, fact.lostBytes, reason, fact.returnNs);
  }

  /** Takes the news that the connection was bound to its addresses. */
  bound(fact: RawConnection): void {
    if (fact.local !== undefined) this.facts.local = fact.local;
    if (fact.remote !== undefined) this.facts.remote = fact.remote;
    if (fact.serverSide === true) this.facts.serverSide = true;
    if (this.#state === "parsing" && !this.isBusy && !this.#context.pairs.claim(this.facts, this.#isClient)) {
      this.#ignore("other_end");
    }
  }

  /** Takes the news that the connection was closed. True: everything was told, the connection can be forgotten. */
  close(fact: RawConnection): boolean {
    const { sentEnd, receivedEnd } = fact;
    this.#ending = {
      reason: "closed",
      timeNs: fact.returnNs,
      ...(sentEnd === undefined ? {} : { sentEnd }),
      ...(receivedEnd === undefined ? {} : { receivedEnd }),
    };
    const isSentThere = sentEnd === undefined ? !this.#sent.isWaiting : this.#sent.nextOffset >= sentEnd;
    const isReceivedThere = receivedEnd === undefined
      ? !this.#received.isWaiting
      : this.#received.nextOffset >= receivedEnd;
    if (!isSentThere || !isReceivedThere) return false;
    this.end("complete", "closed", fact.returnNs);
    return true;
  }

  /**
   * The program run is over. Facts overtake bytes on their way, so this takes effect when no older record is under way; a close
   * that was told before says more and stays.
   */
  exited(timeNs: number): void {
    this.#ending ??= { reason: "process_exit", timeNs };
  }

  /**
   * No record older than `nowNs` is under way: what waits for one is told without it. True: the connection is closed and can be
   * forgotten.
   */
  settle(nowNs: number): boolean {
    if (this.#ending === undefined) {
      if (this.lastNs <= nowNs) this.#settleBoth();
      return false;
    }
    const { reason, timeNs, sentEnd, receivedEnd } = this.#ending;
    if (timeNs > nowNs) return false;
    this.#sent.finish(sentEnd ?? this.#sent.nextOffset, timeNs);
    this.#received.finish(receivedEnd ?? this.#received.nextOffset, timeNs);
    this.end("complete", reason, timeNs);
    return true;
  }

  /** Time passed. */
  advance(nowNs: number): void {
    this.#parser?.advance(nowNs);
  }

  /** Ends the exchange idle longest. */
  evict(timeNs: number): boolean {
    return this.#parser?.evict("memory", timeNs) ?? false;
  }

  /** Ends everything on this connection. */
  end(completeness: Completeness, reason: string, timeNs: number): void {
    this.#settleBoth();
    this.#parser?.close(completeness, reason, timeNs);
    this.#parser = undefined;
    this.#ignore("closed");
    this.#context.pairs.release(this.facts);
  }

  /** Takes what the call stage thinks of an exchange of this connection. */
  classified(classification: Classification, isHttp1: boolean): void {
    const offset = (this.#isClient ? this.#sent : this.#received).nextOffset;
    const verdict = this.#verdicts.classified(
      classification,
      { isFromStart: !this.#isMidStream, canCut: isHttp1 && this.#isClient },
      offset,
    );
    if (verdict !== undefined) this.#context.verdict(verdict);
  }

  #settleBoth(): void {
    this.#sent.settle();
    this.#received.settle();
    if (this.#state === "parsing") this.#tellEarly();
  }

  #streamOf(direction: 1 | 2): ByteStream {
    return {
      bytes: (bytes, timeNs) => this.#bytes(direction, bytes, timeNs),
      gap: (lostBytes, reason, timeNs) => this.#gap(direction, lostBytes, reason, timeNs),
    };
  }

  #bytes(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    if (this.#state === "parsing") {
      if (this.#context.isUnordered) this.#parseUnordered(direction, bytes, timeNs);
      else this.#parse(this.#flowOf(direction), bytes, timeNs);
    } else if (this.#state === "undecided") this.#decide(direction, bytes, timeNs);
    else if (this.#ignoredAs !== "") this.#context.drops.add(this.#ignoredAs, bytes.length);
  }

  #gap(direction: 1 | 2, lostBytes: number, reason: string, timeNs: number): void {
    if (this.#state === "parsing") this.#parser?.gap(this.#flowOf(direction), lostBytes, reason, timeNs);
    else if (this.#state === "undecided") {
      this.#isMidStream = true;
      this.#early.clear();
    }
  }

  #flowOf(direction: 1 | 2): Flow {
    return (direction === SENT) === this.#isClient ? "request" : "response";
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
      if (this.#early.heldBytes > MAX_EARLY_BYTES) this.#tellEarly();
    }
  }

  #mayTellAnswer(): boolean {
    const requests = this.#isClient ? this.#sent : this.#received;
    return !requests.isWaiting && (this.#parser?.isExpecting("response") ?? true);
  }

  #tellEarly(): void {
    while (!this.#early.isEmpty) this.#tellFirstEarly();
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
    const parser = format?.createUpgraded?.(this.facts, this.#context.sink, handover);
    this.#parser = parser;
    if (parser === undefined) {
      handover.requestSink?.end("complete", timeNs);
      handover.responseSink?.end("truncated", timeNs);
      this.#context.sink.exchangeEnd(handover.exchange, timeNs);
      this.#context.sink.undecodable(this.facts, "unknown_upgrade", timeNs);
      return this.#ignore("undecodable");
    }
    if (handover.requestRest !== undefined) this.#parse("request", handover.requestRest, timeNs);
    if (rest.length > 0) this.#parse("response", rest, timeNs);
  }

  #decide(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    if (this.#isMidStream) return this.#decideJoined(direction, bytes, timeNs);
    const detected = detectRequest(direction, this.#early.joined(direction, bytes));
    if (typeof detected === "object") return this.#open(detected, direction, bytes, timeNs);
    // Who speaks first need not be the client (a server may greet), so only the other end's bytes settle it.
    const isClientsTurn = direction === (this.facts.serverSide ? RECEIVED : SENT);
    const isTooMuch = this.#early.heldBytes + bytes.length > MAX_UNDECIDED_BYTES;
    if ((detected === "none" && isClientsTurn) || isTooMuch) return this.#refuse("not_http", bytes.length);
    this.#early.add(direction, bytes, timeNs);
  }

  #decideJoined(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    const detected = detectJoined(direction, bytes);
    if (detected !== undefined) return this.#open(detected, direction, bytes, timeNs);
    this.#context.drops.add("joined_late", bytes.length);
    const before = this.#unknownBytes;
    this.#unknownBytes += bytes.length;
    if (before > MAX_UNDECIDED_BYTES || this.#unknownBytes <= MAX_UNDECIDED_BYTES) return;
    const verdict = this.#verdicts.refused(false, this.#sent.nextOffset, "undecided");
    if (verdict !== undefined) this.#context.verdict(verdict);
  }

  #open(detected: Detected, direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    this.#isClient = detected.isClient;
    this.facts.serverSide = !detected.isClient;
    if (!detected.isClient && !this.#context.wantsServerSide) return this.#refuse("server_side", bytes.length);
    if (!this.#context.pairs.claim(this.facts, detected.isClient)) return this.#ignore("other_end");
    this.#state = "parsing";
    const parser = detected.format.createParser(this.facts, this.#context.sink);
    this.#parser = parser;
    if (this.#isMidStream && !this.facts.joinedLate) {
      parser.gap("request", 0, "missing", timeNs);
      parser.gap("response", 0, "missing", timeNs);
    }
    if (this.#early.isEmpty) return this.#bytes(direction, bytes, timeNs);
    this.#early.add(direction, bytes, timeNs);
    for (const piece of this.#early.take()) this.#bytes(piece.direction, piece.bytes, piece.timeNs);
  }

  #refuse(reason: "not_http" | "server_side", bytes: number): void {
    this.#context.drops.add(reason, this.#early.heldBytes + bytes);
    this.#ignore(reason);
    const verdict = this.#verdicts.refused(!this.#isMidStream, this.#sent.nextOffset, reason);
    if (verdict !== undefined) this.#context.verdict(verdict);
  }

  #ignore(as: string): void {
    this.#state = "ignored";
    this.#ignoredAs = as;
    this.#early.clear();
  }
}

function holeReason(flags: number, before: string): string {
  if ((flags & RecordFlag.readFault) !== 0) return "read_fault";
  if ((flags & RecordFlag.headsOnly) !== 0) return "skipped_not_ai";
  if ((flags & RecordFlag.truncated) !== 0) return "call_limit";
  return before;
}
