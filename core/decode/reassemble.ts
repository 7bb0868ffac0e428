/**
 * Capture records of one direction → its bytes in order. What comes in: records with absolute offsets, in any order, repeated,
 * overlapping, with holes, and loss records. What goes out: each offset exactly once, as a view of the record's own bytes (no
 * copy while records are in order), or as part of a gap. A later record never changes what was told.
 */
import type { ByteStream } from "../model/byte_stream.ts";

/** Pieces that may wait for a hole to be filled, in one direction. */
const MAX_HELD_PIECES = 2048;
/** Bytes that may wait for a hole to be filled, in one direction. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** Reason of a hole that nothing explains. */
export const UNEXPLAINED = "missing";

interface Piece {
  readonly offset: number;
  readonly length: number;
  /** Undefined: known to be lost. */
  readonly bytes: Uint8Array | undefined;
  readonly reason: string;
  readonly timeNs: number;
}

/** Puts the records of one direction into order. */
export class Reassembler {
  /** Offset of the next byte to tell. */
  nextOffset: number;
  /** Bytes that wait for a hole before them to be filled. */
  heldBytes = 0;
  /** Bytes that arrived again, or too late. */
  repeatedBytes = 0;
  /** Why bytes after the last told one would be missing; set by records that say it (cut calls, unreadable buffers). */
  holeReason: string = UNEXPLAINED;
  #pieces: Piece[] = [];
  readonly #stream: ByteStream;
  readonly #waits: boolean;

  /**
   * @param waits true when records may arrive out of order: a hole is then held open (bounded) until `settle`. False: records
   * of one direction arrive in order, so that a hole is a loss at once.
   */
  constructor(stream: ByteStream, waits: boolean, firstOffset = 0) {
    this.#stream = stream;
    this.#waits = waits;
    this.nextOffset = firstOffset;
  }

  /** True while something waits for a hole to be filled. */
  get isWaiting(): boolean {
    return this.#pieces.length > 0;
  }

  /** Takes the bytes at `offset`; copies them only when they have to wait. */
  data(offset: number, bytes: Uint8Array, timeNs: number): void {
    if (offset === this.nextOffset && this.#pieces.length === 0) {
      this.nextOffset = offset + bytes.length;
      this.#stream.bytes(bytes, timeNs);
    } else {
      this.#insert({ offset, length: bytes.length, bytes, reason: "", timeNs });
    }
  }

  /** Takes the news that `length` bytes at `offset` are lost. */
  lost(offset: number, length: number, reason: string, timeNs: number): void {
    this.#insert({ offset, length, bytes: undefined, reason, timeNs });
  }

  /** Bytes are missing before the first piece that waits. */
  get hasHoleAhead(): boolean {
    return (this.#pieces[0]?.offset ?? 0) > this.nextOffset;
  }

  /** Capture time of the first piece that waits; Infinity when none does. */
  get nextHeldNs(): number {
    return this.#pieces[0]?.timeNs ?? Infinity;
  }

  /** No older record is under way: every hole before a held piece is a loss. */
  settle(): void {
    while (this.#pieces.length > 0) this.settleOne();
  }

  /** Tells the first piece that waits, and the hole before it as a loss. */
  settleOne(): void {
    const piece = this.#pieces.shift();
    if (piece === undefined) return;
    if (piece.bytes !== undefined) this.heldBytes -= piece.length;
    if (piece.offset > this.nextOffset) this.#tellGap(piece.offset - this.nextOffset, this.holeReason, piece.timeNs);
    this.#tell(piece);
  }

  /** The direction ends at `endOffset`: what is missing up to there is lost. */
  finish(endOffset: number, timeNs: number): void {
    this.settle();
    if (endOffset > this.nextOffset) this.#tellGap(endOffset - this.nextOffset, this.holeReason, timeNs);
  }

  #insert(piece: Piece): void {
    if (piece.offset + piece.length <= this.nextOffset) {
      if (piece.bytes !== undefined) this.repeatedBytes += piece.length;
      return;
    }
    if (piece.offset <= this.nextOffset && this.#pieces.length === 0) return this.#tell(piece);
    this.#hold(piece);
    this.#drain();
    if (!this.#waits || this.heldBytes > MAX_HELD_BYTES || this.#pieces.length > MAX_HELD_PIECES) this.settle();
  }

  #hold(piece: Piece): void {
    // Records that only just arrived are views into the source's buffer; without waiting they are told before it is reused.
    const held = piece.bytes !== undefined && this.#waits ? { ...piece, bytes: piece.bytes.slice() } : piece;
    let at = this.#pieces.length;
    while (at > 0 && comesBefore(held, this.#pieces[at - 1])) at--;
    this.#pieces.splice(at, 0, held);
    if (held.bytes !== undefined) this.heldBytes += held.length;
  }

  #drain(): void {
    for (let first = this.#pieces[0]; first !== undefined && first.offset <= this.nextOffset; first = this.#pieces[0]) {
      this.#pieces.shift();
      if (first.bytes !== undefined) this.heldBytes -= first.length;
      this.#tell(first);
    }
  }

  #tell(piece: Piece): void {
    const skip = this.nextOffset - piece.offset;
    if (skip >= piece.length) {
      if (piece.bytes !== undefined) this.repeatedBytes += piece.length;
      return;
    }
    if (piece.bytes === undefined) return this.#tellGap(piece.length - skip, piece.reason, piece.timeNs);
    this.repeatedBytes += skip;
    this.nextOffset = piece.offset + piece.length;
    this.#stream.bytes(skip === 0 ? piece.bytes : piece.bytes.subarray(skip), piece.timeNs);
  }

  #tellGap(lostBytes: number, reason: string, timeNs: number): void {
    this.nextOffset += lostBytes;
    this.holeReason = UNEXPLAINED;
    this.#stream.gap(lostBytes, reason, timeNs);
  }
}

/** Data before losses of the same offset: bytes that did arrive count. */
function comesBefore(piece: Piece, other: Piece | undefined): boolean {
  if (other === undefined) return false;
  if (piece.offset !== other.offset) return piece.offset < other.offset;
  return piece.bytes !== undefined && other.bytes === undefined;
}
