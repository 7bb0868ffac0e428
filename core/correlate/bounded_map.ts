/**
 * A map that forgets its oldest entries when it is full, so that a story's memory stays bounded. Reading does not renew an
 * entry; `set` does. It holds two generations and forgets the older one as a whole: taking the first entry out of a large `Map`
 * again and again walks over every hole that the ones before it left.
 */
export class BoundedMap<K, V> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  readonly #maxYoung: number;

  /** Creates a map of at most `maxEntries` entries, at least two; the newest half of them is never forgotten. */
  constructor(maxEntries: number) {
    this.#maxYoung = Math.max(1, Math.floor(maxEntries / 2));
  }

  /** Entries held now; one that was written again counts twice until its older value is forgotten. */
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

  /** Writes an entry as the newest one. What the older generation holds for the key is hidden, and forgotten with it. */
  set(key: K, value: V): void {
    if (this.#young.size >= this.#maxYoung && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Removes an entry. */
  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
