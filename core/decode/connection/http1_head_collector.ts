import { ByteCarry } from "../body/byte_carry.ts";
import { countLineEnds, findHeadEnd, type Head, MAX_HEAD_BYTES, parseHead } from "./http1_head.ts";

/** Collects the head of a message over pieces; a head within one piece is not copied. */
export class HeadCollector {
  /** Capture time of the first byte of the head. */
  firstByteNs = 0;
  /** The bytes are longer than a head may be. */
  isTooLong = false;
  #head: Head | undefined;
  readonly #carry = new ByteCarry();

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  /** First bytes of the head under way. */
  get held(): Uint8Array {
    return this.#carry.peek();
  }

  /** Takes bytes from index `from` on; gives the index after what belongs to the head. Line ends before it are left out. */
  push(bytes: Uint8Array, from: number, timeNs: number): number {
    const before = this.#carry.heldBytes;
    if (before === 0) return this.#begin(bytes, from, timeNs);
    this.#carry.push(from === 0 ? bytes : bytes.subarray(from));
    const collected = this.#carry.peek();
    const end = findHeadEnd(collected, Math.max(0, before - 3), collected.length);
    if (end < 0) {
      this.isTooLong = collected.length > MAX_HEAD_BYTES;
      return bytes.length;
    }
    this.#read(collected, 0, end);
    this.#carry.clear();
    return from + end - before;
  }

  /** Gives the head, once it is complete. */
  take(): Head | undefined {
    const head = this.#head;
    this.#head = undefined;
    return head;
  }

  /** Drops the head under way. */
  clear(): void {
    this.#carry.clear();
    this.isTooLong = false;
  }

  #begin(bytes: Uint8Array, from: number, timeNs: number): number {
    const start = from + countLineEnds(bytes, from);
    if (start >= bytes.length) return bytes.length;
    this.firstByteNs = timeNs;
    const end = findHeadEnd(bytes, start, bytes.length);
    if (end > 0) {
      this.#read(bytes, start, end);
      return end;
    }
    this.#carry.push(start === 0 ? bytes : bytes.subarray(start));
    return bytes.length;
  }

  #read(bytes: Uint8Array, start: number, end: number): void {
    this.isTooLong = end - start > MAX_HEAD_BYTES;
    if (!this.isTooLong) this.#head = parseHead(bytes, start, end);
  }
}
