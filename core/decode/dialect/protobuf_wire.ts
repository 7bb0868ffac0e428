/** Largest field number there is. */
const MAX_NUMBER = 2 ** 29 - 1;
/** Numbers beyond are not exact; such a value reads as absent. */
const TWO_32 = 2 ** 32;

/**
 * The fields of one protobuf message, one after the other. After `next` gave true, `number` and one of the values are there:
 * `varint` for wire type 0, `double` for 1, `bytes` (a view) for 2, `float` for 5. Groups are passed over. Never throws.
 *
 * @see https://protobuf.dev/programming-guides/encoding/ (read 2026-11-21)
 */
export class ProtoFields {
  /** The bytes are no message, or end inside a field. */
  isBroken = false;
  number = 0;
  /** Absent where the number is no whole one that is exact; negative ones are absent too, for no count is. */
  varint: number | undefined;
  bytes: Uint8Array | undefined;
  float: number | undefined;
  double: number | undefined;
  readonly #all: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** Numbers of the groups that are open. */
  #groups = 0;

  constructor(bytes: Uint8Array) {
    this.#all = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes to the next field outside of groups; false at the end. */
  next(): boolean {
    while (this.#at < this.#all.length && !this.isBroken) {
      this.varint =
        this.bytes =
        this.float =
        this.double =
          undefined;
      const tag = this.#varint();
      if (this.isBroken || tag === undefined) return this.#fail();
      this.number = Math.floor(tag / 8);
      if (this.number === 0 || this.number > MAX_NUMBER) return this.#fail();
      this.#read(tag % 8);
      if (!this.isBroken && this.#groups === 0 && (tag % 8) !== 4) return true;
    }
    if (this.#groups > 0) this.isBroken = true;
    return false;
  }

  #read(wireType: number): void {
    if (wireType === 0) this.varint = this.#varint();
    else if (wireType === 1) this.double = this.#fixed(8);
    else if (wireType === 2) this.#length();
    else if (wireType === 3) this.#groups++;
    else if (wireType === 4) this.#endGroup();
    else if (wireType === 5) this.float = this.#fixed(4);
    else this.isBroken = true;
  }

  #endGroup(): void {
    this.#groups--;
    if (this.#groups < 0) this.isBroken = true;
  }

  #length(): void {
    const length = this.#varint();
    if (length === undefined || length > this.#all.length - this.#at) {
      this.isBroken = true;
      return;
    }
    this.bytes = this.#all.subarray(this.#at, this.#at + length);
    this.#at += length;
  }

  #fixed(width: 4 | 8): number | undefined {
    if (this.#all.length - this.#at < width) {
      this.isBroken = true;
      return undefined;
    }
    const value = width === 4
      ? toShortFloat(this.#view.getFloat32(this.#at, true))
      : this.#view.getFloat64(this.#at, true);
    this.#at += width;
    return Number.isFinite(value) ? value : undefined;
  }

  /** At most ten bytes; undefined when the value is not exact as a number. */
  #varint(): number | undefined {
    let low = 0;
    let high = 0;
    for (let count = 0; count < 10; count++) {
      const byte = this.#all[this.#at++];
      if (byte === undefined) {
        this.isBroken = true;
        return undefined;
      }
      const bits = byte & 0x7f;
      if (count < 4) low += bits * 2 ** (7 * count);
      else if (count === 4) {
        low += (bits & 0x0f) * 2 ** 28;
        high += bits >> 4;
      } else if (count < 9) high += bits * 2 ** (7 * count - 32);
      else high += (bits & 1) * 2 ** 31;
      if (byte < 0x80) return high < 2 ** 21 ? high * TWO_32 + low : undefined;
    }
    this.isBroken = true;
    return undefined;
  }

  #fail(): false {
    this.isBroken = true;
    return false;
  }
}

/** A 32-bit float as it was written: 0.7, not 0.699999988079071. */
function toShortFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
