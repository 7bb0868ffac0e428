/** Bytes of UTF-8 that arrive in pieces → text. Sequences that are none become U+FFFD. */

// `ignoreBOM: true` keeps the mark: only the beginning of a body may have one, and its format strips it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const EMPTY = new Uint8Array(0);

/** Byte order mark as text. */
export const BOM = "\uFEFF";

/** Decodes bytes that hold whole characters. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Decodes pieces one after the other; at most three bytes of an unfinished character are held. */
export class Utf8Text {
  #carry: Uint8Array = EMPTY;

  /** Gives the text of the whole characters so far. */
  push(bytes: Uint8Array): string {
    const joined = this.#carry.length === 0 ? bytes : join(this.#carry, bytes);
    const cut = joined.length - unfinishedBytes(joined);
    this.#carry = cut === joined.length ? EMPTY : joined.slice(cut);
    return decoder.decode(cut === joined.length ? joined : joined.subarray(0, cut));
  }

  /** Gives what is left: U+FFFD for an unfinished character, else "". */
  end(): string {
    const rest = this.#carry;
    this.#carry = EMPTY;
    return rest.length === 0 ? "" : decoder.decode(rest);
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** Counts the bytes at the end that begin a character whose rest is missing: 0 to 3. */
function unfinishedBytes(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return byte >= 0xf8 || back >= (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? 0 : back;
  }
  return 0;
}
