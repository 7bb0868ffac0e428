import type { RawConnection, RawData, RawHeader, RawLoss } from "../../core/model/raw_capture.ts";

/** Makes the facts of a capture: sequence numbers, times 1 ms apart, offsets that follow each other. */
export class FactMaker {
  #seq = 0;
  #timeNs = 1e9;
  readonly #ends = new Map<string, number>();

  /** Header of the next fact. */
  header(connId = 1, processKey = 7): RawHeader {
    this.#timeNs += 1e6;
    const timeNs = this.#timeNs;
    return {
      seq: this.#seq++,
      entryNs: timeNs,
      returnNs: timeNs,
      tgid: 100,
      tid: 100,
      processKey,
      cgroupId: 0,
      connId,
    };
  }

  /** Time of the newest fact. */
  get timeNs(): number {
    return this.#timeNs;
  }

  /** Lets time pass. */
  wait(seconds: number): void {
    this.#timeNs += seconds * 1e9;
  }

  /** Bytes sent (`>`) or received (`<`) by the captured process. */
  data(arrow: ">" | "<", content: string | Uint8Array, changes: Partial<RawData> = {}): RawData {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const header = this.header(changes.connId, changes.processKey);
    const streamOffset = this.skip(arrow, bytes.length, header.connId);
    return {
      ...header,
      kind: "data",
      direction: arrow === ">" ? 1 : 2,
      streamOffset,
      bytes,
      flags: 0,
      callTotal: bytes.length,
      probeId: 1,
      ...changes,
    };
  }

  /** Moves an offset on without a record; gives where it was. */
  skip(arrow: ">" | "<", length: number, connId = 1): number {
    const key = `${connId}${arrow}`;
    const at = this.#ends.get(key) ?? 0;
    this.#ends.set(key, at + length);
    return at;
  }

  /** A connection fact; `closed` carries the end offsets. */
  connection(state: RawConnection["state"], changes: Partial<RawConnection> = {}): RawConnection {
    const header = this.header(changes.connId, changes.processKey);
    const ends = state === "closed"
      ? { sentEnd: this.skip(">", 0, header.connId), receivedEnd: this.skip("<", 0, header.connId) }
      : {};
    return { ...header, kind: "connection", state, ...ends, ...changes };
  }

  /** A loss. */
  loss(changes: Partial<RawLoss>): RawLoss {
    return {
      ...this.header(changes.connId),
      kind: "loss",
      reason: "ring_full",
      lostBytes: 0,
      direction: 0,
      ...changes,
    };
  }
}
