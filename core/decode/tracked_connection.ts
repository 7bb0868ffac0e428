/**
 * One connection under capture: puts both directions into order, finds format and role, feeds the parser, keeps the verdict.
 */
import type { ByteStream } from "../model/byte_stream.ts";
import type { Completeness, ConnectionFacts } from "../model/http_exchange.ts";
import { type RawConnection, type RawData, type RawLoss, RECEIVED, RecordFlag, SENT } from "../model/raw_capture.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Classification } from "./call_stage_types.ts";
import { Conversation, type ConversationContext, type ConversationHost } from "./conversation.ts";
import { Reassembler } from "./reassemble.ts";
import { VerdictKeeper } from "./verdict.ts";

/** What all connections of a decoder share. */
export interface ConnectionContext extends ConversationContext {
  verdict(verdict: Verdict): void;
}

/** How the connection ended; takes effect when its last bytes are there or lost. */
interface Ending {
  readonly reason: "closed" | "process_exit";
  readonly timeNs: number;
  readonly sentEnd?: number;
  readonly receivedEnd?: number;
}

/** One connection. */
export class TrackedConnection implements ConversationHost {
  readonly facts: ConnectionFacts;
  /** Capture time of the newest byte or fact. */
  lastNs: number;
  /** `heldBytes` as the table last counted it. */
  countedBytes = 0;
  #ending: Ending | undefined;
  #isSettling = false;
  readonly #conversation: Conversation;
  readonly #sent: Reassembler;
  readonly #received: Reassembler;
  readonly #verdicts: VerdictKeeper;
  readonly #context: ConnectionContext;

  constructor(facts: ConnectionFacts, context: ConnectionContext, timeNs: number, first?: RawData) {
    this.facts = facts;
    this.lastNs = timeNs;
    this.#context = context;
    this.#conversation = new Conversation(facts, context, this);
    this.#verdicts = new VerdictKeeper(facts.connId);
    const sentFrom = facts.joinedLate && first?.direction === SENT ? first.streamOffset : 0;
    const receivedFrom = facts.joinedLate && first?.direction === RECEIVED ? first.streamOffset : 0;
    this.#sent = new Reassembler(this.#streamOf(SENT), context.isUnordered, sentFrom);
    this.#received = new Reassembler(this.#streamOf(RECEIVED), context.isUnordered, receivedFrom);
  }

  /** Bytes held for this connection, without those of the call stage. */
  get heldBytes(): number {
    return this.#conversation.heldBytes + this.#sent.heldBytes + this.#received.heldBytes;
  }

  /** True when something waits: records for a hole to be filled, an answer for its request, the end for its last bytes. */
  get needsSettling(): boolean {
    return this.#ending !== undefined || this.#sent.isWaiting || this.#received.isWaiting ||
      this.#conversation.isWaiting;
  }

  /** True when an exchange is under way. */
  get isBusy(): boolean {
    return this.#conversation.isBusy;
  }

  /** Takes a record. */
  data(fact: RawData): void {
    const isSent = fact.direction === SENT;
    const timeNs = isSent ? fact.entryNs : fact.returnNs;
    const reassembler = isSent ? this.#sent : this.#received;
    this.lastNs = timeNs;
    if (isSent && (fact.flags & RecordFlag.headsOnly) === 0) this.#verdicts.sawWholeRecord(fact.streamOffset);
    if ((fact.flags & RecordFlag.otherLost) !== 0) this.#conversation.lostAhead(isSent ? RECEIVED : SENT);
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
    this.#conversation.bound();
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
    this.#settleBoth();
    this.#sent.finish(sentEnd ?? this.#sent.nextOffset, timeNs);
    this.#received.finish(receivedEnd ?? this.#received.nextOffset, timeNs);
    this.end("complete", reason, timeNs);
    return true;
  }

  /** Time passed. */
  advance(nowNs: number): void {
    this.#conversation.advance(nowNs);
  }

  /** Ends the exchange idle longest. */
  evict(timeNs: number): boolean {
    return this.#conversation.evict(timeNs);
  }

  /** Ends everything on this connection. */
  end(completeness: Completeness, reason: string, timeNs: number): void {
    this.#settleBoth();
    this.#conversation.end(completeness, reason, timeNs);
  }

  /** Takes what the call stage thinks of an exchange of this connection. */
  classified(classification: Classification, isHttp1: boolean): void {
    const { isClient, isMidStream } = this.#conversation;
    const offset = (isClient ? this.#sent : this.#received).nextOffset;
    const verdict = this.#verdicts.classified(
      classification,
      { isFromStart: !isMidStream, canCut: isHttp1 && isClient },
      offset,
    );
    if (verdict !== undefined) this.#context.verdict(verdict);
  }

  /** Nothing on this connection is wanted. */
  refused(reason: "not_http" | "server_side" | "undecided"): void {
    const verdict = this.#verdicts.refused(!this.#conversation.isMidStream, this.#sent.nextOffset, reason);
    if (verdict !== undefined) this.#context.verdict(verdict);
  }

  /** True when bytes of a direction wait for a hole to be filled. */
  isWaiting(direction: 1 | 2): boolean {
    return !this.#isSettling && (direction === SENT ? this.#sent : this.#received).isWaiting;
  }

  /** Tells what waits in order of time, so that each answer comes after its request and before the next one. */
  #settleBoth(): void {
    this.#isSettling = true;
    for (;;) {
      const sentNs = this.#sent.nextHeldNs;
      const receivedNs = this.#received.nextHeldNs;
      if (sentNs === Infinity && receivedNs === Infinity) break;
      for (const [direction, flow] of [[SENT, this.#sent], [RECEIVED, this.#received]] as const) {
        if (flow.hasHoleAhead) this.#conversation.lostAhead(direction);
      }
      if (this.#conversation.tellAnswerBefore(Math.min(sentNs, receivedNs))) continue;
      (sentNs <= receivedNs ? this.#sent : this.#received).settleOne();
    }
    this.#isSettling = false;
    this.#conversation.settle();
  }

  #streamOf(direction: 1 | 2): ByteStream {
    return {
      bytes: (bytes, timeNs) => this.#conversation.bytes(direction, bytes, timeNs),
      gap: (lostBytes, reason, timeNs) => this.#conversation.gap(direction, lostBytes, reason, timeNs),
    };
  }
}

function holeReason(flags: number, before: string): string {
  if ((flags & RecordFlag.readFault) !== 0) return "read_fault";
  if ((flags & RecordFlag.headsOnly) !== 0) return "skipped_not_ai";
  if ((flags & RecordFlag.truncated) !== 0) return "call_limit";
  return before;
}
