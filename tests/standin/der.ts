/**
 * The few DER forms that an X.509 certificate is made of.
 *
 * @see https://www.itu.int/rec/T-REC-X.690 (section 8 to 10)
 */

/** Joins byte strings. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A value under a tag byte. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(...contents);
  const length: number[] = [];
  if (content.length < 128) length.push(content.length);
  else {
    for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
    length.unshift(0x80 | length.length);
  }
  return concat(Uint8Array.of(tag, ...length), content);
}

/** SEQUENCE. */
export function sequence(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return tagged(0x30, ...contents);
}

/** SET. */
export function set(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return tagged(0x31, ...contents);
}

/** INTEGER of an unsigned big-endian number. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return tagged(0x02, (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), digits);
}

/** OBJECT IDENTIFIER from its dotted text. */
export function objectId(text: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(toBase128)]));
}

/** UTF8String. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return tagged(0x0c, new TextEncoder().encode(text));
}

/** UTCTime, whole seconds. */
export function utcTime(date: Date): Uint8Array<ArrayBuffer> {
  const text = date.toISOString().replace(/[-:T]/g, "").slice(2, 14) + "Z";
  return tagged(0x17, new TextEncoder().encode(text));
}

/** BIT STRING without unused bits. */
export function bitString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return tagged(0x03, Uint8Array.of(0), bytes);
}

/** OCTET STRING. */
export function octetString(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return tagged(0x04, ...contents);
}

/** BOOLEAN TRUE. */
export const TRUE: Uint8Array = tagged(0x01, Uint8Array.of(0xff));

function toBase128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | rest % 128);
  return digits;
}
