/** Bounds of a queue. */
export interface QueueLimits {
  /** Most items held. */
  readonly maxItems: number;
  /** Most bytes held, by the sizes given to `push`. */
  readonly maxBytes: number;
}

/**
 * First in, first out, bounded by count and by bytes. When it is full the oldest items go, and are counted; the newest item is
 * always taken, even when it alone is larger than the bound.
 */
export class BoundedQueue<T> {
  readonly #limits: QueueLimits;
  #items: T[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;
  #dropped = 0;

  /** Creates an empty queue. */
  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Items held. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Items dropped so far because newer ones needed their place. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Appends an item; `itemBytes` is what it counts for. */
  push(item: T, itemBytes: number): void {
    this.#items.push(item);
    this.#sizes.push(itemBytes);
    this.#bytes += itemBytes;
    while (this.size > 1 && (this.size > this.#limits.maxItems || this.#bytes > this.#limits.maxBytes)) {
      this.take();
      this.#dropped++;
    }
  }

  /** The oldest item, left in place; undefined when empty. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Removes and gives the oldest item; undefined when empty. */
  take(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#bytes -= this.#sizes[this.#head] ?? 0;
    this.#head++;
    // Compacting only when half is gone keeps `take` constant on average.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Removes everything; gives how many items that were. */
  clear(): number {
    const { size } = this;
    this.#items = [];
    this.#sizes = [];
    this.#head = 0;
    this.#bytes = 0;
    return size;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#sizes = this.#sizes.slice(this.#head);
    this.#head = 0;
  }
}
