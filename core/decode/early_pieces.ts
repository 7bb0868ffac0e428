/** Bytes that arrived before what they follow: first bytes of unknown format, and answers that overtook their request. */
export interface EarlyPiece {
  readonly direction: 1 | 2;
  readonly bytes: Uint8Array;
  readonly timeNs: number;
}

/** Keeps such pieces, as copies, in order of arrival. */
export class EarlyPieces {
  /** Bytes held right now. */
  heldBytes = 0;
  #pieces: EarlyPiece[] = [];

  /** True when nothing is kept. */
  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Capture time of the piece that arrived first; Infinity when nothing is kept. */
  get firstNs(): number {
    return this.#pieces[0]?.timeNs ?? Infinity;
  }

  /** Keeps a copy. */
  add(direction: 1 | 2, bytes: Uint8Array, timeNs: number): void {
    this.#pieces.push({ direction, bytes: bytes.slice(), timeNs });
    this.heldBytes += bytes.length;
  }

  /** Gives the bytes kept of one direction followed by `bytes`. */
  joined(direction: 1 | 2, bytes: Uint8Array): Uint8Array {
    const earlier = this.#pieces.filter((piece) => piece.direction === direction);
    if (earlier.length === 0) return bytes;
    const joined = new Uint8Array(earlier.reduce((sum, piece) => sum + piece.bytes.length, bytes.length));
    let at = 0;
    for (const piece of earlier) {
      joined.set(piece.bytes, at);
      at += piece.bytes.length;
    }
    joined.set(bytes, at);
    return joined;
  }

  /** Gives everything in order of capture time, and keeps nothing. */
  take(): EarlyPiece[] {
    const pieces = this.#pieces;
    this.clear();
    return pieces.sort((a, b) => a.timeNs - b.timeNs);
  }

  /** Gives the piece that arrived first. */
  takeFirst(): EarlyPiece | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.heldBytes -= piece.bytes.length;
    return piece;
  }

  /** Keeps nothing. */
  clear(): void {
    this.#pieces = [];
    this.heldBytes = 0;
  }
}
