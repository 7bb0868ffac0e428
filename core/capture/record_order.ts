/**
 * Lines of captured bytes that say their place (`offset`) may stand in any order. A few of each connection are held back and
 * given in order of time, so that an answer does not come before the request it belongs to. Nothing is lost: what is held is
 * given when newer lines push it out, when its time is over, or at the end.
 */

/** Lines of one connection that are held back. */
const MAX_LINES = 64;
/** Bytes held back over all connections. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What is put into order. */
export interface TimedLine {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
}

/** Puts the lines of each connection into order of time; lines of one time keep their order. */
export class RecordOrder<Line extends TimedLine> {
  readonly #deliver: (line: Line) => void;
  readonly #held = new Map<number, Line[]>();
  #heldBytes = 0;

  /** @param deliver takes the lines in order. */
  constructor(deliver: (line: Line) => void) {
    this.#deliver = deliver;
  }

  /** Takes a line; its bytes are kept, not copied. */
  add(connId: number, line: Line): void {
    let lines = this.#held.get(connId);
    if (lines === undefined) this.#held.set(connId, lines = []);
    let at = lines.length;
    while (at > 0 && (lines[at - 1]?.timeNs ?? 0) > line.timeNs) at--;
    if (at === lines.length) lines.push(line);
    else lines.splice(at, 0, line);
    this.#heldBytes += line.bytes.length;
    while (lines.length > MAX_LINES || (this.#heldBytes > MAX_BYTES && lines.length > 0)) {
      this.#giveFirst(connId, lines);
    }
  }

  /** Gives every line that is not newer than `timeNs`. */
  settle(timeNs: number): void {
    for (const [connId, lines] of this.#held) {
      while ((lines[0]?.timeNs ?? Infinity) <= timeNs) this.#giveFirst(connId, lines);
    }
  }

  /** Gives every line of a connection, or of all. */
  flush(connId?: number): void {
    for (const id of connId === undefined ? [...this.#held.keys()] : [connId]) {
      for (const lines = this.#held.get(id); lines !== undefined && lines.length > 0;) this.#giveFirst(id, lines);
    }
  }

  #giveFirst(connId: number, lines: Line[]): void {
    const line = lines.shift();
    if (lines.length === 0) this.#held.delete(connId);
    if (line === undefined) return;
    this.#heldBytes -= line.bytes.length;
    this.#deliver(line);
  }
}
