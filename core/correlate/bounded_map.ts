/**
 * A map that forgets its oldest entries when it is full, so that a story's memory stays bounded. Reading does not renew an
 * entry; `set` does. It holds two generations and forgets the older one as a whole: taking the first entry out of a large `Map`
 * again and again walks over every hole that the ones before it left.
 */
export class BoundedMap<K, V> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  readonly #maxYoung: number;
  /** Entries forgotten so far because the map was full. */
  evicted = 0;

  /** Creates a map of at most `maxEntries` entries, at least two; the newest half of them is never forgotten. */
  constructor(maxEntries: number) {
    this.#maxYoung = Math.max(1, Math.floor(maxEntries / 2));
  }

  /** Entries held now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The value of a key; undefined when absent or forgotten. */
  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Tells whether the key is held. */
  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  /** Writes an entry as the newest one. */
  set(key: K, value: V): void {
    this.delete(key);
    if (this.#young.size >= this.#maxYoung) {
      this.evicted += this.#old.size;
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Removes an entry. */
  delete(key: K): void {
    if (!this.#young.delete(key)) this.#old.delete(key);
  }

  /** All entries, oldest write first. */
  *entries(): IterableIterator<[K, V]> {
    yield* this.#old;
    yield* this.#young;
  }
}
