import { Buffer } from "node:buffer";

const EQUALS = 61;

/**
 * Decodes base64 text into `target`, which must hold three bytes for every four characters. Gives the number of bytes, or -1
 * when the text is not base64 (padding may be missing). Never throws.
 */
export function decodeBase64(text: string, target: Buffer): number {
  let chars = text.length;
  if (chars === 0) return 0;
  if (text.charCodeAt(chars - 1) === EQUALS) chars--;
  if (chars < text.length && text.charCodeAt(chars - 1) === EQUALS) chars--;
  const bytes = Math.floor(chars * 3 / 4);
  // The native decoder skips what is not base64, so fewer bytes than the length promises means a wrong character.
  return chars % 4 === 1 || target.write(text, 0, "base64") !== bytes ? -1 : bytes;
}

/** From here on the native decoder is faster, although it wants a text made first. */
export const SHORTEST_NATIVE_CHARS = 192;
const VALUES = buildValues();

/**
 * Decodes base64 that stands in `source` from `from` to `to` into `target`, which must hold three bytes for every four characters.
 * Gives the number of bytes, or -1 when it is not base64 (padding may be missing). Never throws.
 */
export function decodeBase64Bytes(source: Uint8Array, from: number, to: number, target: Uint8Array): number {
  let end = to;
  if (end > from && source[end - 1] === EQUALS) end--;
  if (end > from && end < to && source[end - 1] === EQUALS) end--;
  const rest = (end - from) & 3;
  let count = 0;
  let at = from;
  for (const whole = end - rest; at < whole; at += 4) {
    // A character that is none has -1, which no shift and no other character makes positive.
    const three = valueAt(source, at) << 18 | valueAt(source, at + 1) << 12 | valueAt(source, at + 2) << 6 |
      valueAt(source, at + 3);
    if (three < 0) return -1;
    target[count++] = three >> 16;
    target[count++] = three >> 8;
    target[count++] = three;
  }
  return rest === 0 ? count : decodeRest(source, at, rest, target, count);
}

function decodeRest(source: Uint8Array, at: number, rest: number, target: Uint8Array, count: number): number {
  if (rest === 1) return -1;
  const last = rest === 3 ? valueAt(source, at + 2) : 0;
  const two = valueAt(source, at) << 12 | valueAt(source, at + 1) << 6 | last;
  if (two < 0) return -1;
  target[count] = two >> 10;
  if (rest === 3) target[count + 1] = two >> 2;
  return count + rest - 1;
}

function valueAt(source: Uint8Array, at: number): number {
  return VALUES[source[at] as number] as number;
}

/** Both alphabets of RFC 4648, as the native decoder takes them. */
function buildValues(): Int8Array {
  const values = new Int8Array(256).fill(-1);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;
  values[45] = 62;
  values[95] = 63;
  return values;
}
