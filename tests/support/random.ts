/** Seeded pseudo-random numbers (mulberry32): the same seed gives the same sequence on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const element = list[this.below(list.length)];
    if (element === undefined) throw new RangeError("Cannot pick from an empty list");
    return element;
  }

  /**
   * Puts a list into another order, in place. Not by `sort` with a random comparison: what that gives depends on how the engine
   * has compiled it by then, and a seed would not name its input.
   */
  shuffle<T>(list: T[]): void {
    for (let i = list.length - 1; i > 0; i--) {
      const at = this.below(i + 1);
      [list[i], list[at]] = [list[at] as T, list[i] as T];
    }
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }
}

/** Cuts bytes into pieces: whole (0), byte by byte (1), or at seeded random places (any other seed). */
export function cut(bytes: Uint8Array, seed: number): Uint8Array[] {
  if (seed === 0) return [bytes];
  const random = new Random(seed);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = seed === 1 ? 1 : 1 + random.below(random.once(3) ? 200 : 12);
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** Damages a copy of `bytes`: flips bits, removes, repeats, inserts. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  let damaged: Uint8Array = bytes.slice();
  for (let times = random.below(4); times >= 0; times--) {
    const at = random.below(damaged.length + 1);
    const length = random.below(8);
    switch (random.below(4)) {
      case 0:
        if (at < damaged.length) damaged[at] = (damaged[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        damaged = concat([damaged.subarray(0, at), damaged.subarray(at + length)]);
        break;
      case 2:
        damaged = concat([
          damaged.subarray(0, at),
          damaged.subarray(Math.max(0, at - length), at),
          damaged.subarray(at),
        ]);
        break;
      default:
        damaged = concat([damaged.subarray(0, at), random.bytes(length), damaged.subarray(at)]);
    }
  }
  return damaged;
}

/** Joins bytes. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
