import { writeRecord } from "../capture/record_codec.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { type RawData, RecordFlag, SENT } from "../model/raw_capture.ts";
import { blank, mayBeOpenHead } from "./blank.ts";
import { maskHeads } from "./head_mask.ts";
import { createRecordedExchange, isOver, isUnanswered, type RecordedExchange } from "./recorded_exchange.ts";
import { RecordedFillers } from "./recorded_fillers.ts";
import { extend, payloadOf, type Range, rangeOf } from "./recorded_range.ts";
import type { QueuedRecord, RecordingQueue } from "./recording_queue.ts";

interface EarlyRecord {
  readonly record: QueuedRecord;
  readonly isRequest: boolean;
  /** As the decoder dates its bytes. */
  readonly timeNs: number;
  readonly range: Range;
  /** Offset behind the last byte that was copied. */
  readonly copiedTo: number;
  /** What it says of the other direction. */
  readonly lossFlag: number;
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
  /** Exchanges that the record under way began. */
  #fresh: RecordedExchange[] = [];
  #writing: RecordedExchange | undefined;
  readonly #fillers = new RecordedFillers();
  /** A model call ended without its answer being whole. */
  #hasOpenEnd = false;
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
    const early = {
      record,
      isRequest,
      timeNs: fact.direction === SENT ? fact.entryNs : fact.returnNs,
      range,
      copiedTo: fact.streamOffset + fact.bytes.length,
      lossFlag: fact.flags & RecordFlag.otherLost,
    };
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
    this.#dropEarly(true);
    this.#dropEarly(false);
  }

  /** The connection or the capture ended. */
  close(): void {
    for (const item of this.#exchanges) this.#finish(item);
    this.#exchanges = [];
    this.#dropEarly(true);
    this.#dropEarly(false);
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
    if (before !== undefined && before.copiedTo !== range.from) this.#dropEarly(true);
    if (first !== undefined) {
      const firstNs = first.exchange.request.firstByteNs;
      const pieces = this.#early.filter((item) => item.isRequest && item.timeNs >= firstNs);
      first.sentRecords.push(...pieces.map((item) => item.record), record);
      for (const piece of [...pieces, early]) first.sent.lossFlag |= piece.lossFlag;
      for (const piece of pieces) extend(first.sent, piece.range);
      extend(first.sent, range);
      this.#early = this.#early.filter((item) => !pieces.includes(item));
      this.#dropEarly(true);
      // Several requests in one record share its fate: it is kept when any of them is a model call.
      for (const item of this.#fresh.slice(1)) if (item.decision === "ai") first.decision = "ai";
    } else if (this.#writing?.exchange.request.lastByteNs === early.timeNs) {
      this.#writing.sentRecords.push(record);
      extend(this.#writing.sent, range);
    } else {
      this.#early.push(early);
    }
  }

  /** Of an answer is what live decode took for it: it dates each answer by its first and its last byte. */
  #response(early: EarlyRecord): void {
    this.#finishUnanswered();
    const before = this.#early.findLast((item) => !item.isRequest);
    if (before !== undefined && before.copiedTo !== early.range.from) this.#dropEarly(false);
    const users = this.#exchanges.filter(({ exchange }) => exchange.response?.lastByteNs === early.timeNs);
    const owner = users.find((item) => item.decision === "ai") ?? users[0];
    if (owner === undefined) {
      this.#early.push(early);
      // Once an exchange was seen, only the beginning of a head may still find its answer.
      const pieces = this.#early.filter((item) => !item.isRequest).map((item) => payloadOf(item.record));
      if (this.#writing !== undefined && !mayBeOpenHead(pieces)) this.#dropEarly(false);
      return;
    }
    const firstNs = owner.exchange.response?.firstByteNs ?? early.timeNs;
    const pieces = this.#early.filter((item) => !item.isRequest && item.timeNs >= firstNs);
    this.#early = this.#early.filter((item) => !pieces.includes(item));
    this.#dropEarly(false);
    if (owner.received.from < 0) owner.received.lossFlag = (pieces[0] ?? early).lossFlag;
    for (const piece of [...pieces, early]) {
      owner.receivedRecords.push(piece.record);
      extend(owner.received, piece.range);
    }
  }

  /** Exchanges that were ended without an answer have none in the record under way either. */
  #finishUnanswered(): void {
    while (this.#exchanges[0] !== undefined && isUnanswered(this.#exchanges[0].exchange)) {
      this.#finish(this.#exchanges.shift()!);
    }
  }

  /** What is of no exchange is left out, or blanked where the connection is in the file: it decided what live decode saw. */
  #dropEarly(isRequest: boolean): void {
    const dropped = this.#early.filter((item) => item.isRequest === isRequest);
    if (dropped.length === 0) return;
    this.#early = this.#early.filter((item) => item.isRequest !== isRequest);
    const bytes = dropped.reduce((sum, item) => sum + item.record.bytes.length, 0);
    if (!this.#isFramed && this.#fillers.mayBlank(bytes)) return this.#blank(dropped, isRequest);
    for (const item of dropped) if (!item.isRequest) this.#fillers.addStray(item.range);
    this.#drop(dropped.map((item) => item.record), "undecided");
  }

  /** In its place where nothing before it waits for the next model call; else it waits, too. */
  #blank(dropped: readonly EarlyRecord[], isRequest: boolean): void {
    const open = dropped.filter((item) => item.record.fate === "undecided");
    blank(open.map((item) => payloadOf(item.record)), isRequest);
    const isInPlace = this.isKept && this.#fillers.isEmpty;
    for (const { record, timeNs } of open) {
      if (isInPlace) {
        this.#skip("undecided", payloadOf(record).length);
        this.#keep([record]);
      } else {
        this.#drop([record], "undecided");
        this.#fillers.addBlank(timeNs, record.bytes);
      }
    }
  }

  /** After each record: decides what can be decided. */
  #settle(fact: RawData): void {
    this.#writing = this.#fresh.at(-1) ?? this.#writing;
    this.#fresh = [];
    for (const item of this.#exchanges) this.#release(item, fact);
    this.#isWhole ||= this.#exchanges.some((item) => item.decision === "ai" && item.exchange.protocol === "websocket");
    while (this.#exchanges[0] !== undefined && isOver(this.#exchanges[0].exchange)) {
      this.#finish(this.#exchanges.shift()!);
    }
    if (this.isKept && !this.#fillers.isEmpty && this.#owesEnd()) this.#writeFillers(fact);
  }

  /** What came next was what ended a model call: its answer has lost its own end. */
  #owesEnd(): boolean {
    return this.#hasOpenEnd || this.#exchanges.some((item) => item.decision === "ai" && item.received.from < 0);
  }

  #writeFillers(fact: RawData): void {
    this.#hasOpenEnd = false;
    const isServerSide = this.#writing?.exchange.connection.serverSide ?? false;
    for (const bytes of this.#fillers.take(fact, isServerSide)) this.#queue.add(bytes, "keep");
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
      maskHeads(item.sentRecords.map(payloadOf), true);
      // What lies before the first record in the file goes there with it.
      if (!this.isKept) this.#dropEarly(false);
      for (const other of this.#exchanges) {
        if (other === item) break;
        if (other.decision === "other" || other.decision === "lost") this.#fillers.addRequest(other);
      }
      first.before = [...this.#takePrelude(), ...this.#fillers.take(fact, item.exchange.connection.serverSide)];
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
    if (item.decision === "ai") {
      const { request, response } = item.exchange;
      this.#hasOpenEnd ||= request.completeness !== "complete" || response?.completeness !== "complete";
      return;
    }
    this.#fillers.addExchange(item);
  }

  #takePrelude(): Uint8Array[] {
    const prelude = this.prelude;
    this.prelude = [];
    this.isKept = true;
    return prelude;
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
