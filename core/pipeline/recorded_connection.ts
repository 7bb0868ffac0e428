import { writeRecord } from "../capture/record_codec.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { type RawData, RECEIVED, RecordFlag, SENT } from "../model/raw_capture.ts";
import { requestFiller, responseFiller } from "./filler.ts";
import { maskHeads } from "./head_mask.ts";
import { createRecordedExchange, isOver, isUnanswered, type RecordedExchange } from "./recorded_exchange.ts";
import { extend, payloadOf, type Range, rangeOf, toFillerRecord, toSkippedRecord } from "./recorded_range.ts";
import type { QueuedRecord, RecordingQueue } from "./recording_queue.ts";

/** Exchanges without a model call that are remembered as fillers for the next one that is. */
const MAX_FILLERS = 8192;
const NOTHING: Range = { from: -1, to: -1 };

interface EarlyRecord {
  readonly record: QueuedRecord;
  readonly isRequest: boolean;
  readonly range: Range;
  /** Offset behind the last byte that was copied. */
  readonly copiedTo: number;
  /** The kernel copied only the beginning of the call. */
  readonly isHeadsOnly: boolean;
}

/** What stands for an exchange, or for a request of which only the beginning was copied (`isHeadsOnly`). */
interface Filler {
  readonly sent: Range;
  readonly received: Range;
  readonly isHeadsOnly: boolean;
}

/** Decides, exchange by exchange, which records of one connection go into the recording. */
export class RecordedConnection {
  /** Facts about the connection itself; written before its first record that is kept. */
  prelude: Uint8Array[] = [];
  /** True once something of this connection is in the recording. */
  isKept = false;
  /** Bytes whose fate is open. */
  heldBytes = 0;
  readonly #queue: RecordingQueue;
  /** Bytes left out, by reason. */
  readonly #skip: (reason: string, bytes: number) => void;
  /** In order; those whose answer is not over. */
  #exchanges: RecordedExchange[] = [];
  /** Records of no exchange so far: heads that are not whole yet, and frames before anything is known of them. */
  #early: EarlyRecord[] = [];
  /** Answers to requests that could not be read: left out, but their bytes are accounted for. */
  #stray: Range = { from: -1, to: -1 };
  /** Exchanges that the record under way began. */
  #fresh: RecordedExchange[] = [];
  #writing: RecordedExchange | undefined;
  #isRequestOpen = false;
  #fillers: Filler[] = [];
  /** Exchanges share records and compression state (HTTP/2): nothing can be left out of the middle. */
  #isFramed = false;
  /** Frames are kept, all of them, because there was a model call. */
  #isWhole = false;
  /** Frames were given up; what follows cannot be read without them. */
  #isLost = false;

  constructor(queue: RecordingQueue, skip: (reason: string, bytes: number) => void) {
    this.#queue = queue;
    this.#skip = skip;
  }

  /** True when header blocks that cannot be masked are kept. */
  get hasUnmaskedHeads(): boolean {
    return this.#isWhole && this.#isFramed;
  }

  /** Takes what the decoder thinks of an exchange. */
  classified(exchange: HttpExchange, isAi: boolean, isOther: boolean): void {
    let known = this.#exchanges.findLast((item) => item.exchange === exchange);
    if (known === undefined) {
      known = createRecordedExchange(exchange);
      this.#exchanges.push(known);
      this.#fresh.push(known);
    }
    if (known.decision === "lost") return;
    if (isAi) known.decision = "ai";
    else if (isOther && known.decision === "undecided") known.decision = "other";
    if (exchange.protocol === "h2") this.#isFramed = true;
    if (isAi && (exchange.protocol === "h2" || exchange.protocol === "websocket")) this.#isWhole = true;
  }

  /** Takes a record after the decoder did. */
  data(fact: RawData): void {
    const record = this.#queue.add(writeRecord(fact), "undecided");
    this.heldBytes += record.bytes.length;
    if (this.#isLost) return this.#drop([record], "undecided");
    if (this.#isWhole) return this.#keepWhole(record);
    const range = rangeOf(fact);
    const isRequest = this.#isFromClient(fact);
    const isHeadsOnly = (fact.flags & RecordFlag.headsOnly) !== 0;
    const early = { record, isRequest, range, copiedTo: fact.streamOffset + fact.bytes.length, isHeadsOnly };
    if (this.#isFramed) return void this.#early.push(early);
    if (isRequest) this.#request(early);
    else this.#response(early);
    this.#settle(fact);
  }

  /** Gives up what is undecided: it waited too long or became too much. */
  giveUp(): void {
    this.#isLost = this.#isFramed;
    for (const item of this.#exchanges) {
      if (item.decision !== "undecided") continue;
      item.decision = "lost";
      this.#drop([...item.sentRecords, ...item.receivedRecords], "undecided");
      item.sentRecords = [];
      item.receivedRecords = [];
    }
    this.#dropEarly();
  }

  /** The connection or the capture ended. */
  close(): void {
    for (const item of this.#exchanges) this.#finish(item);
    this.#exchanges = [];
    this.#dropEarly();
  }

  #isFromClient(fact: RawData): boolean {
    const isServerSide = (this.#fresh[0] ?? this.#writing)?.exchange.connection.serverSide ?? false;
    return (fact.direction === SENT) !== isServerSide;
  }

  #request(early: EarlyRecord): void {
    const { record, range } = early;
    const [first] = this.#fresh;
    // A head goes on where its last piece ended; after a hole what came before is no part of it.
    const before = this.#early.findLast((item) => item.isRequest);
    if (before !== undefined && before.copiedTo !== range.from) this.#dropEarly();
    if (first !== undefined) {
      const pieces = this.#early.filter((item) => item.isRequest);
      first.sentRecords.push(...pieces.map((item) => item.record), record);
      for (const piece of pieces) extend(first.sent, piece.range);
      extend(first.sent, range);
      this.#early = this.#early.filter((item) => !item.isRequest);
      this.#dropEarly();
      // Several requests in one record share its fate: it is kept when any of them is a model call.
      for (const item of this.#fresh.slice(1)) if (item.decision === "ai") first.decision = "ai";
    } else if (this.#isRequestOpen && this.#writing !== undefined) {
      this.#writing.sentRecords.push(record);
      extend(this.#writing.sent, range);
    } else {
      this.#early.push(early);
    }
  }

  #response(early: EarlyRecord): void {
    this.#finishUnanswered();
    const [first] = this.#exchanges;
    if (first === undefined) {
      this.#early.push(early);
      // Once an exchange was seen, an answer to none of them belongs to a request that could not be read.
      if (this.#writing !== undefined) this.#dropEarly();
      return;
    }
    first.receivedRecords.push(early.record);
    extend(first.received, early.range);
  }

  /**
   * Exchanges that were ended without an answer have none in the record under way either. What came before it may be the
   * beginning of the same head.
   */
  #finishUnanswered(): void {
    let item = this.#exchanges[0];
    while (item !== undefined && isUnanswered(item.exchange)) {
      const next = this.#exchanges[1];
      if (next !== undefined && item.decision === "ai" && item.receivedRecords.length > 0) {
        next.receivedRecords.unshift(...item.receivedRecords);
        extend(next.received, item.received);
        item.receivedRecords = [];
      }
      this.#finish(item);
      this.#exchanges.shift();
      item = this.#exchanges[0];
    }
  }

  #dropEarly(): void {
    for (const item of this.#early) {
      if (!item.isRequest) extend(this.#stray, item.range);
      else if (item.isHeadsOnly) this.#addFiller({ sent: item.range, received: NOTHING, isHeadsOnly: true });
    }
    this.#drop(this.#early.map((item) => item.record), "undecided");
    this.#early = [];
  }

  /** After each record: decides what can be decided. */
  #settle(fact: RawData): void {
    this.#writing = this.#fresh.at(-1) ?? this.#writing;
    this.#fresh = [];
    this.#isRequestOpen = this.#writing?.exchange.request.completeness === "in_flight";
    for (const item of this.#exchanges) this.#release(item, fact);
    this.#isWhole ||= this.#exchanges.some((item) => item.decision === "ai" && item.exchange.protocol === "websocket");
    while (this.#exchanges[0] !== undefined && isOver(this.#exchanges[0].exchange)) {
      this.#finish(this.#exchanges.shift()!);
    }
  }

  #release(item: RecordedExchange, fact: RawData): void {
    if (item.decision === "other" || item.decision === "lost") {
      this.#drop(item.sentRecords, item.decision === "other" ? "not_ai" : "undecided");
      this.#drop(item.receivedRecords, item.decision === "other" ? "not_ai" : "undecided");
      item.sentRecords = [];
      item.receivedRecords = [];
    }
    if (item.decision !== "ai") return;
    if (item.sentRecords.length > 0) this.#keepRequest(item, fact);
    // The head of the answer is masked as a whole, so it waits until it is there.
    if (item.exchange.response !== undefined) this.#keepResponse(item);
  }

  #keepRequest(item: RecordedExchange, fact: RawData): void {
    const [first] = item.sentRecords;
    if (first !== undefined && item.sent.from >= 0) {
      maskHeads(item.sentRecords.map(payloadOf));
      first.before = [...this.#takePrelude(), ...this.#takeFillers(fact, item.exchange.connection.serverSide)];
      // From here on only body bytes come; they are kept as they are.
      item.sent.from = -1;
    }
    this.#keep(item.sentRecords);
    item.sentRecords = [];
  }

  #keepResponse(item: RecordedExchange): void {
    if (item.receivedRecords.length === 0) return;
    if (item.received.from >= 0) maskHeads(item.receivedRecords.map(payloadOf));
    item.received.from = -1;
    this.#keep(item.receivedRecords);
    item.receivedRecords = [];
  }

  #keepWhole(record: QueuedRecord): void {
    const held = [...this.#exchanges, ...this.#fresh].flatMap((item) => [...item.sentRecords, ...item.receivedRecords]);
    const records = [...this.#early.map((item) => item.record), ...held, record];
    this.#early = [];
    this.#exchanges = [];
    this.#fresh = [];
    records[0]!.before = this.#takePrelude();
    this.#keep(records);
  }

  #finish(item: RecordedExchange): void {
    const isOther = item.decision === "other" || item.decision === "undecided";
    this.#drop([...item.sentRecords, ...item.receivedRecords], isOther ? "not_ai" : "undecided");
    item.sentRecords = [];
    item.receivedRecords = [];
    if (item.decision !== "ai") this.#addFiller({ sent: item.sent, received: item.received, isHeadsOnly: false });
  }

  #addFiller(filler: Filler): void {
    if (this.#fillers.length < MAX_FILLERS) this.#fillers.push(filler);
  }

  #takePrelude(): Uint8Array[] {
    const prelude = this.prelude;
    this.prelude = [];
    this.isKept = true;
    return prelude;
  }

  #takeFillers(fact: RawData, isServerSide: boolean): Uint8Array[] {
    const [fillers, stray] = [this.#fillers, this.#stray];
    this.#fillers = [];
    this.#stray = { from: -1, to: -1 };
    const [asked, answered] = isServerSide ? [RECEIVED, SENT] as const : [SENT, RECEIVED] as const;
    const records = fillers.flatMap((filler) =>
      filler.isHeadsOnly ? [toSkippedRecord(fact, asked, filler.sent)] : [
        ...toFillerRecord(fact, asked, filler.sent, requestFiller),
        ...toFillerRecord(fact, answered, filler.received, responseFiller),
      ]
    );
    // What it answers was not read: no request that is there may take it for its own.
    return [...records, ...toFillerRecord(fact, answered, stray, responseFiller, RecordFlag.otherLost)];
  }

  #keep(records: readonly QueuedRecord[]): void {
    for (const record of records) {
      this.heldBytes -= record.bytes.length;
      this.#queue.decide(record, "keep");
    }
  }

  #drop(records: readonly QueuedRecord[], reason: string): void {
    for (const record of records) {
      if (record.fate !== "undecided") continue;
      this.heldBytes -= record.bytes.length;
      this.#skip(reason, payloadOf(record).length);
      this.#queue.decide(record, "drop");
    }
  }
}
