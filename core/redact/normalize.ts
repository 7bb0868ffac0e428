/** A text with escapes undone, and where each of its units came from. */
export interface NormalizedText {
  readonly text: string;
  /** Index in the original of unit `i`; one entry more than units, the last is the original's length. */
  readonly origins: Int32Array;
}

// deno-lint-ignore no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;
/** Soft hyphen, zero-width and joining characters, full-width forms. */
const DISGUISE = /[\u00ad\u200b-\u200f\u2060\ufeff\uff01-\uff5e]/;
const ESCAPES =
  /\\+u([0-9a-fA-F]{4})|\\+x([0-7][0-9a-fA-F])|%([2-7][0-9a-fA-F])|&#x([2-7][0-9a-fA-F]);|&#(\d{2,3});|[\u00ad\u200b-\u200f\u2060\ufeff\uff01-\uff5e]/g;

/**
 * Whether a text holds anything that `normalizeText` undoes. Nearly free where it does not. `isUndisguised`: it is known to
 * hold no invisible or full-width character.
 */
export function needsNormalizing(text: string, isUndisguised = false): boolean {
  return hasEscape(text) || (text.includes("%") && /%[2-7][0-9a-fA-F]/.test(text)) ||
    text.includes("&#") || (!isUndisguised && NOT_ASCII.test(text) && DISGUISE.test(text));
}

function hasEscape(text: string): boolean {
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === 117 || next === 120) return true;
  }
  return false;
}

/**
 * Gives the text with `\u002d`, `\x2d`, `%2d`, `&#45;` and full-width characters turned into plain ones, and invisible
 * characters left out, so that rules see what a reader would see.
 */
export function normalizeText(text: string): NormalizedText {
  const origins = new Int32Array(text.length + 1);
  let normal = "";
  let copied = 0;
  for (const match of text.matchAll(ESCAPES)) {
    for (let i = copied; i < match.index; i++) origins[normal.length + i - copied] = i;
    normal += text.slice(copied, match.index);
    const plain = toPlain(match);
    if (plain !== "") origins[normal.length] = match.index;
    normal += plain;
    copied = match.index + match[0].length;
  }
  for (let i = copied; i < text.length; i++) origins[normal.length + i - copied] = i;
  normal += text.slice(copied);
  origins[normal.length] = text.length;
  return { text: normal, origins };
}

/** One plain UTF-16 unit, or nothing for an invisible character. */
function toPlain(match: RegExpExecArray): string {
  const hex = match[1] ?? match[2] ?? match[3] ?? match[4];
  if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
  if (match[5] !== undefined) return String.fromCharCode(Number(match[5]));
  const code = match[0].charCodeAt(0);
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : "";
}
