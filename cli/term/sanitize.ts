// Everything that can move the cursor, recolour, hide or reorder text: C0, DEL, C1, soft hyphen, zero-width, bidi controls,
// line separators, invisible operators, BOM, interlinear marks, tag characters, variation of Hangul fillers, lone surrogates.
const HOSTILE =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Surrogate}]/gu;

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/**
 * Gives captured text in a form that is safe on a terminal: control, bidirectional, zero-width and other invisible characters
 * become visible escapes; the result is one line. For terminals only: JSON output carries text as it is.
 */
export function sanitize(text: string): string {
  return text.replace(HOSTILE, escapeCharacter);
}
