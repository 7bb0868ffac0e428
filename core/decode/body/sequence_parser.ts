import type { BodyMessageSink, BodyParser } from "./body_format.ts";
import { ByteCarry } from "./byte_carry.ts";

/**
 * What readers of JSON values in a row have in common: the open value is carried from piece to piece, and reading ends for good
 * where the next value cannot be found.
 */
export abstract class SequenceParser implements BodyParser {
  protected readonly sink: BodyMessageSink;
  protected readonly carry = new ByteCarry();
  /** Nothing more is read. */
  protected isOver = false;

  /** Takes where the values go. */
  constructor(sink: BodyMessageSink) {
    this.sink = sink;
  }

  get heldBytes(): number {
    return this.carry.heldBytes;
  }

  abstract push(bytes: Uint8Array, timeNs: number): void;

  /** After a gap nothing tells how deep the next byte stands, so that no later value is provably one. */
  gap(): void {
    if (!this.isOver) this.stop("gap");
  }

  abstract end(isComplete: boolean, timeNs: number): void;

  /** Ends the reading and says why. */
  protected stop(reason: string): void {
    this.sink.problem(reason);
    this.carry.clear();
    this.isOver = true;
  }
}
