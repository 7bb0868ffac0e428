/** Characters the secret part of a key is made of. */
export type KeyCharset = "hex" | "upper" | "alnum" | "word" | "dotted" | "base64";

/** One shape of key that begins with a fixed text. */
export interface KeyShape {
  /** Who gives it out; several shapes may share one. */
  readonly vendor: string;
  /** Fixed text it begins with; never preceded by a letter or digit. */
  readonly prefix: string;
  readonly charset: KeyCharset;
  /**
   * Fewest characters after the prefix. Lower than the vendor's own length where the prefix is telling enough, so that a
   * key that was cut is still found.
   */
  readonly minLength: number;
  /** The prefix occurs in ordinary words: the rest must hold a digit as well. */
  readonly isWeak?: true;
  /** Ordinary texts that begin the same way. */
  readonly negatives?: readonly string[];
}

const CHARSET_PATTERN: Readonly<Record<KeyCharset, RegExp>> = {
  hex: /[0-9a-fA-F]/,
  upper: /[A-Z0-9]/,
  alnum: /[A-Za-z0-9]/,
  word: /[A-Za-z0-9_-]/,
  dotted: /[A-Za-z0-9_.~-]/,
  base64: /[A-Za-z0-9+/=_-]/,
};

const CHARSET_TABLE = new Map<KeyCharset, Uint8Array>(
  (Object.keys(CHARSET_PATTERN) as KeyCharset[]).map((charset) => [charset, buildTable(CHARSET_PATTERN[charset])]),
);

function buildTable(pattern: RegExp): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code++) table[code] = pattern.test(String.fromCharCode(code)) ? 1 : 0;
  return table;
}

/** Gives the end of the stretch of `charset` characters that begins at `from`. */
export function findCharsetEnd(text: string, from: number, charset: KeyCharset): number {
  const table = CHARSET_TABLE.get(charset);
  let end = from;
  while (end < text.length && table?.[text.charCodeAt(end)] === 1) end++;
  return end;
}

/** Makes a key of this shape that nobody ever gave out; the same one each time. For tests and documentation. */
export function toExampleKey(shape: KeyShape): string {
  const alphabet: Record<KeyCharset, string> = {
    hex: "3f9a1c7e05b28d64",
    upper: "Q7ZKX2M4WB5TNA3C",
    alnum: "q7Zk2XmW4bT5nA3cRv8L",
    word: "q7Zk2XmW4bT5nA3cRv8L",
    dotted: "q7Zk2XmW4bT5nA3cRv8L",
    base64: "q7Zk2XmW4bT5nA3cRv8L",
  };
  const letters = alphabet[shape.charset];
  let body = "";
  for (let i = 0; i < shape.minLength; i++) body += letters.charAt((i * 7 + (i >> 3)) % letters.length);
  return shape.prefix + body;
}
