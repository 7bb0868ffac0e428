/**
 * A map that forgets the entry written longest ago when it is full, so that a story's memory stays bounded. Reading does not
 * renew an entry; `set` does.
 */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #maxEntries: number;
  /** Entries forgotten so far because the map was full. */
  evicted = 0;

  /** Creates a map of at most `maxEntries` entries. */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Entries held now. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key; undefined when absent or forgotten. */
  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Tells whether the key is held. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Writes an entry as the newest one. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#maxEntries) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
    this.evicted++;
  }

  /** Removes an entry. */
  delete(key: K): void {
    this.#entries.delete(key);
  }

  /** All entries, oldest write first. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }
}
