import { Buffer } from "node:buffer";
import type { RawHeader } from "../model/raw_capture.ts";
import { decodeBase64, decodeBase64Bytes } from "./base64.ts";
import type { InputFindings } from "./input_findings.ts";
import { findLineEnd, type LineTaker, readLines } from "./line_blocks.ts";
import { createRecordsLine, type LineTemplate, parseRecordsLine } from "./records_line.ts";
import { RecordOrder, type TimedLine } from "./record_order.ts";
import type { CaptureSource, SourceSink } from "./source.ts";
import { openTextInput, type TextInputOptions } from "./text_input.ts";

/** Above this many seconds `ts_ns` does not fit a number of nanoseconds, so times count from the first line. */
const MAX_PLAIN_SECONDS = 9_000_000;
/** How far before the first line a later line may lie. */
const LEEWAY_SECONDS = 3600;
const NANOS = 1_000_000_000;
/** Lines may stand in the file this much later than their time says: what a hole waits for. */
const TOLERANCE_NS = 10 * NANOS;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Captured bytes as JSON lines: one line is one piece of one direction of one connection. */
export const records: CaptureSource<TextInputOptions> = {
  id: "records",
  summary: "Captured bytes as JSON lines with conn, dir, ts_ns and base64 data",
  stability: "stable",
  open: (options) =>
    openTextInput(
      "records",
      options,
      async (input, sink, findings, isStopped) => {
        const reader = new RecordsReader(input.name, sink, findings);
        await readLines(input, reader, sink, isStopped);
        reader.finish();
      },
    ),
};

/** Closed connections that are remembered, so that late lines of theirs open no new one. */
const MAX_CLOSED = 65_536;

interface Connection {
  readonly connId: number;
  sentEnd: number;
  receivedEnd: number;
  /** Time of its end; -1 while it is open. */
  closedNs: number;
  /** Its pieces say their place. */
  isUnordered: boolean;
}

/** A piece of a connection, or (direction 0) its end. */
interface Piece extends TimedLine {
  readonly connection: Connection;
  readonly direction: 0 | 1 | 2;
  readonly offset: number;
  readonly pid: number;
  readonly tid: number;
}

const NOTHING = new Uint8Array(0);

class RecordsReader implements LineTaker {
  readonly #file: string;
  readonly #sink: SourceSink;
  readonly #findings: InputFindings;
  readonly #line = createRecordsLine();
  readonly #connections = new Map<number | string, Connection>();
  /** Names of closed connections, oldest first. */
  readonly #closed = new Set<number | string>();
  readonly #pids = new Set<number>();
  readonly #order = new RecordOrder<Piece>((piece) => this.#deliver(piece));
  #template: LineTemplate | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #data = Buffer.alloc(64 * 1024);
  #lineNumber = 0;
  #seq = 0;
  #lastConnId = 0;
  #baseSeconds = -1;
  #advancedNs = 0;

  constructor(file: string, sink: SourceSink, findings: InputFindings) {
    this.#file = file;
    this.#sink = sink;
    this.#findings = findings;
  }

  begin(head: Uint8Array): void {
    this.#findings.noteHead(head.slice(), this.#file, "records");
  }

  line(bytes: Uint8Array, from: number, limit: number): number {
    if (this.#bytes.buffer !== bytes.buffer) {
      this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const scanned = this.#template?.scan(this.#bytes, from, this.#line) ?? -1;
    if (scanned >= 0 && scanned < limit && bytes[scanned] === NEWLINE) {
      this.#lineNumber++;
      // A slash that an encoder escaped is JSON and no base64: such a line is read as JSON.
      if (!this.#take()) this.#parse(from, scanned);
      return scanned + 1;
    }
    const end = findLineEnd(bytes, from, limit);
    if (end < 0) return -1;
    this.#lineNumber++;
    this.#parse(from, end);
    return end + 1;
  }

  /** No more lines come. */
  finish(): void {
    this.#order.flush();
  }

  tooLong(): void {
    this.#findings.addLine(this.#file, ++this.#lineNumber, "it is longer than 256 MiB");
  }

  #parse(from: number, end: number): void {
    const text = this.#bytes.toString("utf8", from, this.#bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
    if (text.trim() === "") return;
    const parsed = parseRecordsLine(text, this.#line);
    this.#template = parsed.template ?? this.#template;
    const problem = parsed.problem ?? (this.#take() ? undefined : '"data" is not base64');
    if (problem !== undefined) this.#findings.addLine(this.#file, this.#lineNumber, problem);
  }

  /** Hands on the line as it is; false when its data is not base64. */
  #take(): boolean {
    const line = this.#line;
    if (this.#data.length < line.data.length) this.#data = Buffer.alloc(line.data.length * 2);
    const count = line.dataFrom < 0
      ? decodeBase64(line.data, this.#data)
      : decodeBase64Bytes(this.#bytes, line.dataFrom, line.dataTo, this.#data);
    if (count < 0) return false;
    const timeNs = this.#toTimeNs();
    let connection = this.#connections.get(line.conn);
    if (connection === undefined || (connection.closedNs >= 0 && !this.#isLate(connection, timeNs, count))) {
      connection = this.#open(timeNs);
    }
    if (count > 0) this.#piece(connection, timeNs, new Uint8Array(this.#data.buffer, this.#data.byteOffset, count));
    if (line.isClosed) this.#close(connection, timeNs);
    if (timeNs >= this.#advancedNs + TOLERANCE_NS + NANOS) this.#advance(timeNs - TOLERANCE_NS);
    return true;
  }

  /** The name of a closed connection means a new one, unless the line is older than the end, or says it again. */
  #isLate(closed: Connection, timeNs: number, count: number): boolean {
    return timeNs < closed.closedNs || (this.#line.isClosed && count === 0);
  }

  #toTimeNs(): number {
    const { seconds, restNs } = this.#line;
    if (this.#baseSeconds < 0) this.#start(seconds);
    return Math.max(0, (seconds - this.#baseSeconds) * NANOS + restNs);
  }

  #start(firstSeconds: number): void {
    this.#baseSeconds = firstSeconds > MAX_PLAIN_SECONDS ? firstSeconds - LEEWAY_SECONDS : 0;
    const header = { ...this.#header(0, 0), tgid: 0, tid: 0, processKey: 0 };
    this.#sink.raw({ kind: "clock", ...header, bootNs: 0, offsetUs: this.#baseSeconds * 1_000_000 });
  }

  #header(timeNs: number, connId: number): RawHeader {
    const { pid, tid } = this.#line;
    return this.#headerOf(timeNs, connId, pid, tid === 0 ? pid : tid);
  }

  #headerOf(timeNs: number, connId: number, pid: number, tid: number): RawHeader {
    return {
      seq: this.#seq++,
      entryNs: timeNs,
      returnNs: timeNs,
      tgid: pid,
      tid,
      processKey: pid,
      cgroupId: 0,
      connId,
    };
  }

  #open(timeNs: number): Connection {
    const { pid, comm, conn } = this.#line;
    if (pid !== 0 && !this.#pids.has(pid)) {
      this.#pids.add(pid);
      const fact = { kind: "process", ...this.#header(timeNs, 0), state: "seen" } as const;
      this.#sink.raw(comm === "" ? fact : { ...fact, comm });
    }
    const connection = { connId: ++this.#lastConnId, sentEnd: 0, receivedEnd: 0, closedNs: -1, isUnordered: false };
    this.#closed.delete(conn);
    this.#connections.set(conn, connection);
    this.#sink.raw({ kind: "connection", ...this.#header(timeNs, connection.connId), state: "opened" });
    return connection;
  }

  /** A piece that says its place may stand out of order; the others are appended as they come. */
  #piece(connection: Connection, timeNs: number, bytes: Uint8Array): void {
    const { direction, offset, pid } = this.#line;
    const tid = this.#line.tid === 0 ? pid : this.#line.tid;
    if (offset < 0) {
      if (connection.isUnordered) this.#order.flush(connection.connId);
      const end = direction === 1 ? connection.sentEnd : connection.receivedEnd;
      return this.#tellData(connection, timeNs, direction, end, pid, tid, bytes);
    }
    connection.isUnordered = true;
    const piece = { connection, timeNs, direction, offset, pid, tid, bytes: bytes.slice() };
    this.#order.add(connection.connId, piece);
  }

  #deliver({ connection, timeNs, direction, offset, pid, tid, bytes }: Piece): void {
    if (direction === 0) this.#tellClosed(connection, timeNs, pid, tid);
    else this.#tellData(connection, timeNs, direction, offset, pid, tid, bytes);
  }

  #tellData(
    connection: Connection,
    timeNs: number,
    direction: 1 | 2,
    streamOffset: number,
    pid: number,
    tid: number,
    bytes: Uint8Array,
  ): void {
    const end = streamOffset + bytes.length;
    // A late piece does not move the end back.
    if (direction === 1) connection.sentEnd = Math.max(connection.sentEnd, end);
    else connection.receivedEnd = Math.max(connection.receivedEnd, end);
    this.#sink.raw({
      kind: "data",
      seq: this.#seq++,
      entryNs: timeNs,
      returnNs: timeNs,
      tgid: pid,
      tid,
      processKey: pid,
      cgroupId: 0,
      connId: connection.connId,
      direction,
      streamOffset,
      bytes,
      flags: 0,
      callTotal: bytes.length,
      probeId: 0,
    });
  }

  #close(connection: Connection, timeNs: number): void {
    if (connection.closedNs >= 0) return;
    connection.closedNs = timeNs;
    this.#closed.add(this.#line.conn);
    if (this.#closed.size > MAX_CLOSED) this.#forgetOldest();
    const { pid } = this.#line;
    const tid = this.#line.tid === 0 ? pid : this.#line.tid;
    // An end that stands before the last pieces takes effect after them.
    if (!connection.isUnordered) return this.#tellClosed(connection, timeNs, pid, tid);
    this.#order.add(connection.connId, { connection, timeNs, direction: 0, offset: -1, pid, tid, bytes: NOTHING });
  }

  #tellClosed({ connId, sentEnd, receivedEnd }: Connection, timeNs: number, pid: number, tid: number): void {
    const header = this.#headerOf(timeNs, connId, pid, tid);
    this.#sink.raw({ kind: "connection", ...header, state: "closed", sentEnd, receivedEnd });
  }

  #forgetOldest(): void {
    for (const name of this.#closed) {
      this.#closed.delete(name);
      this.#connections.delete(name);
      return;
    }
  }

  #advance(timeNs: number): void {
    this.#order.settle(timeNs);
    this.#advancedNs = timeNs;
    const header = { ...this.#header(timeNs, 0), tgid: 0, tid: 0, processKey: 0 };
    this.#sink.raw({ kind: "advance", ...header, toNs: timeNs });
  }
}
