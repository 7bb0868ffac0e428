/**
 * Writes a recording beside a live capture: the records of AI exchanges and every fact that is about no bytes, in the order
 * live decode saw them, so that a replay gives the same events and ids. Bytes whose exchange is undecided wait.
 *
 * @see ../../docs/decisions/0001-record-format.md
 */
import { RecordingFile, type RecordingTarget } from "../capture/recording_file.ts";
import { RecordingFlag, type RecordingHeader } from "../capture/recording_header.ts";
import { writeRecord } from "../capture/record_codec.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { LossCounters } from "../model/loss.ts";
import type { RawCapture, RawConnection } from "../model/raw_capture.ts";
import { DropCounts } from "./drop_counts.ts";
import { RecordedConnection } from "./recorded_connection.ts";
import type { Recorder } from "./recorder.ts";
import { RecordingQueue } from "./recording_queue.ts";

const MAX_CONNECTION_BYTES = 1024 * 1024;
const MAX_UNDECIDED_BYTES = 32 * 1024 * 1024;
/** An exchange that is undecided for so long holds up the file no longer. */
const MAX_UNDECIDED_NS = 60e9;
const MAX_PRELUDE = 8;

/** A recorder with what it says about itself. */
export interface RecordingTap extends Recorder {
  /** Bytes left out of the recording, by reason: `not_ai`, `undecided`. */
  skipped(): LossCounters;
  /** Why the recording ended early; undefined while all is well. */
  failure(): string | undefined;
  /** Bytes in the file. */
  writtenBytes(): number;
}

/** Begins a recording into `target`. */
export function createRecordingTap(
  target: RecordingTarget,
  header: Omit<RecordingHeader, "version" | "flags">,
): RecordingTap {
  return new Tap(new RecordingFile(target, { ...header, flags: RecordingFlag.containsPlaintext }));
}

class Tap implements RecordingTap {
  readonly #file: RecordingFile;
  readonly #queue: RecordingQueue;
  readonly #connections = new Map<number, RecordedConnection>();
  readonly #skipped = new DropCounts();
  /** Connections with undecided bytes, and since when. */
  readonly #waiting = new Map<RecordedConnection, number>();
  /** Connections whose close was told, and when: bytes from before may still be under way. */
  readonly #closing = new Map<number, number>();
  #advance: Uint8Array | undefined;

  constructor(file: RecordingFile) {
    this.#file = file;
    this.#queue = new RecordingQueue(file);
  }

  skipped(): LossCounters {
    return this.#skipped;
  }

  failure(): string | undefined {
    return this.#file.failure;
  }

  writtenBytes(): number {
    return this.#file.writtenBytes;
  }

  classified(exchange: HttpExchange, classification: string): void {
    const isOther = classification === "not_ai" || classification === "not_ai_host";
    const connection = this.#connection(exchange.connection.connId);
    connection.classified(exchange, classification === "ai", isOther);
    if (connection.hasUnmaskedHeads) this.#file.addFlag(RecordingFlag.containsHttp2Credentials);
  }

  raw(fact: RawCapture): void {
    switch (fact.kind) {
      case "data":
        return this.#data(fact);
      case "connection":
        return this.#connectionFact(fact);
      case "advance":
        // Only the last one before another record says anything new.
        this.#advance = writeRecord(fact);
        this.#finishClosed(fact.toNs);
        this.#giveUpOld(fact.toNs);
        // A sensor that is killed leaves a recording that lacks its last second, not its last buffer.
        return this.#file.flush();
      default:
        this.#add(writeRecord(fact));
    }
  }

  close(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close();
    this.#putAdvance();
    this.#queue.write();
    this.#file.close();
    return Promise.resolve();
  }

  #data(fact: Extract<RawCapture, { kind: "data" }>): void {
    this.#putAdvance();
    const connection = this.#connection(fact.connId);
    connection.data(fact);
    if (connection.heldBytes === 0) this.#waiting.delete(connection);
    else if (!this.#waiting.has(connection)) this.#waiting.set(connection, fact.returnNs);
    if (connection.heldBytes > MAX_CONNECTION_BYTES) this.#giveUp(connection);
    while (this.#queue.undecidedBytes > MAX_UNDECIDED_BYTES) {
      const oldest = this.#waiting.keys().next();
      if (oldest.done === true) break;
      this.#giveUp(oldest.value);
    }
    this.#queue.write();
  }

  #connectionFact(fact: RawConnection): void {
    const record = writeRecord(fact);
    const connection = this.#connection(fact.connId);
    if (fact.state === "closed") {
      this.#closing.set(fact.connId, fact.returnNs);
      if (connection.isKept) this.#add(record);
      else connection.prelude.push(record);
      return;
    }
    if (connection.isKept) this.#add(record);
    else if (connection.prelude.length < MAX_PRELUDE) connection.prelude.push(record);
  }

  #add(record: Uint8Array): void {
    this.#putAdvance();
    this.#queue.add(record, "keep");
    this.#queue.write();
  }

  #putAdvance(): void {
    const record = this.#advance;
    if (record === undefined) return;
    this.#advance = undefined;
    this.#queue.add(record, "keep");
  }

  #connection(connId: number): RecordedConnection {
    let connection = this.#connections.get(connId);
    if (connection === undefined) {
      connection = new RecordedConnection(this.#queue, (reason, bytes) => this.#skipped.add(reason, bytes));
      this.#connections.set(connId, connection);
    }
    return connection;
  }

  #finishClosed(nowNs: number): void {
    for (const [connId, closedNs] of this.#closing) {
      if (closedNs > nowNs) continue;
      this.#closing.delete(connId);
      const connection = this.#connections.get(connId);
      if (connection === undefined) continue;
      connection.close();
      this.#waiting.delete(connection);
      this.#connections.delete(connId);
    }
  }

  #giveUpOld(nowNs: number): void {
    for (const [connection, sinceNs] of this.#waiting) {
      if (nowNs - sinceNs > MAX_UNDECIDED_NS) this.#giveUp(connection);
    }
    this.#queue.write();
  }

  #giveUp(connection: RecordedConnection): void {
    connection.giveUp();
    this.#waiting.delete(connection);
  }
}
