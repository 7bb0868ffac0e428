/** Random numbers that are the same on each run: tests say their seed, so that a failure can be looked at again. */
export interface Random {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** True with probability `share`. */
  chance(share: number): boolean;
  /** Random bytes. */
  bytes(count: number): Uint8Array;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
}

/** Creates a generator (mulberry32) from a seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    pick: <T>(items: readonly T[]): T => items[below(items.length)] as T,
  };
}
