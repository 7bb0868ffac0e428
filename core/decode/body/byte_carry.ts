const EMPTY = new Uint8Array(0);

/** Bytes that wait for the rest of their message. Holds copies; hands out views that are valid until the next push. */
export class ByteCarry {
  #bytes: Uint8Array = EMPTY;
  #length = 0;

  /** Bytes waiting. */
  get heldBytes(): number {
    return this.#length;
  }

  /** Adds a copy. */
  push(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Gives what waits, without taking it. */
  peek(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Gives what waits and starts anew. */
  take(): Uint8Array {
    const taken = this.peek();
    this.#length = 0;
    // A large message must not keep its memory for as long as the stream lives.
    if (this.#bytes.length > 64 * 1024) this.#bytes = EMPTY;
    return taken;
  }

  /** Gives what waits followed by `bytes`, and starts anew. */
  takeWith(bytes: Uint8Array): Uint8Array {
    if (this.#length === 0) return bytes;
    this.push(bytes);
    return this.take();
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  /** Drops everything. */
  clear(): void {
    this.#bytes = EMPTY;
    this.#length = 0;
  }
}
