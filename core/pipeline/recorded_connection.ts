import { RECORD_HEADER_BYTES } from "../capture/record_layout.ts";
import { writeRecord } from "../capture/record_codec.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { type RawData, RecordFlag, SENT } from "../model/raw_capture.ts";
import { requestFiller, responseFiller } from "./filler.ts";
import { maskHeads } from "./head_mask.ts";
import type { QueuedRecord, RecordingQueue } from "./recording_queue.ts";

/** Exchanges without a model call that are remembered as fillers for the next one that is. */
const MAX_FILLERS = 8192;

/** What is known of one exchange: `undecided`, a model call (`ai`), something else (`other`), or given up (`lost`). */
type Decision = "undecided" | "ai" | "other" | "lost";

interface Range {
  from: number;
  to: number;
}

interface RecordedExchange {
  readonly exchange: HttpExchange;
  decision: Decision;
  readonly sent: Range;
  readonly received: Range;
  /** Records whose fate is open, by direction. */
  sentRecords: QueuedRecord[];
  receivedRecords: QueuedRecord[];
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
  /** Records that came before any exchange was known: partial heads. */
  #loose: QueuedRecord[] = [];
  #looseRange: Range | undefined;
  /** Exchanges that the record under way began. */
  #fresh: RecordedExchange[] = [];
  #writing: RecordedExchange | undefined;
  #isRequestOpen = false;
  #fillers: { readonly sent: Range; readonly received: Range }[] = [];
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
      known = {
        exchange,
        decision: "undecided",
        sent: { from: -1, to: -1 },
        received: { from: -1, to: -1 },
        sentRecords: [],
        receivedRecords: [],
      };
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
    if (this.#isFramed) return void this.#loose.push(record);
    const range = rangeOf(fact);
    if (this.#isFromClient(fact)) this.#request(record, range);
    else this.#response(record, range);
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
    this.#drop(this.#loose, "undecided");
    this.#loose = [];
  }

  /** The connection or the capture ended. */
  close(): void {
    for (const item of this.#exchanges) this.#finish(item);
    this.#exchanges = [];
    this.#drop(this.#loose, "undecided");
    this.#loose = [];
  }

  #isFromClient(fact: RawData): boolean {
    const isServerSide = (this.#fresh[0] ?? this.#writing)?.exchange.connection.serverSide ?? false;
    return (fact.direction === SENT) !== isServerSide;
  }

  #request(record: QueuedRecord, range: Range): void {
    const [first] = this.#fresh;
    if (first !== undefined) {
      first.sentRecords.push(...this.#loose, record);
      extend(first.sent, this.#looseRange ?? range);
      extend(first.sent, range);
      this.#loose = [];
      this.#looseRange = undefined;
      // Several requests in one record share its fate: it is kept when any of them is a model call.
      for (const item of this.#fresh.slice(1)) if (item.decision === "ai") first.decision = "ai";
    } else if (this.#isRequestOpen && this.#writing !== undefined) {
      this.#writing.sentRecords.push(record);
      extend(this.#writing.sent, range);
    } else {
      this.#loose.push(record);
      this.#looseRange = { from: Math.min(range.from, this.#looseRange?.from ?? range.from), to: range.to };
    }
  }

  #response(record: QueuedRecord, range: Range): void {
    const [first] = this.#exchanges;
    if (first === undefined) {
      this.#loose.push(record);
      return;
    }
    first.receivedRecords.push(record);
    extend(first.received, range);
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
      first.before = [...this.#takePrelude(), ...this.#takeFillers(fact)];
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
    const records = [...this.#loose, ...held, record];
    this.#loose = [];
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
    if (item.decision === "ai" || this.#fillers.length >= MAX_FILLERS) return;
    this.#fillers.push({ sent: item.sent, received: item.received });
  }

  #takePrelude(): Uint8Array[] {
    const prelude = this.prelude;
    this.prelude = [];
    this.isKept = true;
    return prelude;
  }

  #takeFillers(fact: RawData): Uint8Array[] {
    const fillers = this.#fillers;
    this.#fillers = [];
    const received = fact.direction === 1 ? 2 : 1;
    return fillers.flatMap((filler) => [
      ...toFillerRecord(fact, fact.direction, filler.sent, requestFiller),
      ...toFillerRecord(fact, received, filler.received, responseFiller),
    ]);
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

function isOver(exchange: HttpExchange): boolean {
  const { request, response } = exchange;
  if (request.completeness === "in_flight") return false;
  return response === undefined ? request.completeness !== "complete" : response.completeness !== "in_flight";
}

/** The payload of a queued data record; it was made by `writeRecord`, so its header has today's length. */
function payloadOf(record: QueuedRecord): Uint8Array {
  const view = new DataView(record.bytes.buffer, record.bytes.byteOffset);
  return record.bytes.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + view.getUint32(84, true));
}

/** Where a record's call ends: what the kernel did not copy belongs to it. */
function rangeOf(fact: RawData): Range {
  const cut = RecordFlag.truncated | RecordFlag.headsOnly;
  const isCut = (fact.flags & cut) !== 0 && (fact.flags & RecordFlag.more) === 0;
  const bytes = isCut ? Math.max(fact.bytes.length, fact.callTotal) : fact.bytes.length;
  return { from: fact.streamOffset, to: fact.streamOffset + bytes };
}

function extend(range: Range, by: Range): void {
  range.from = range.from < 0 ? by.from : Math.min(range.from, by.from);
  range.to = Math.max(range.to, by.to);
}

function toFillerRecord(
  fact: RawData,
  direction: 1 | 2,
  range: Range,
  toBytes: (length: number) => Uint8Array | undefined,
): Uint8Array[] {
  const bytes = range.from < 0 ? undefined : toBytes(range.to - range.from);
  if (bytes === undefined) return [];
  return [writeRecord({ ...fact, direction, streamOffset: range.from, bytes, callTotal: bytes.length, flags: 0 })];
}
