const counts = new Uint16Array(256);

/** Gives the Shannon entropy of a text in bits per character, over its UTF-16 units modulo 256; texts up to 64 Ki units. */
export function findEntropy(text: string): number {
  counts.fill(0);
  const length = Math.min(text.length, 65_535);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i) & 255;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

/** Words and forms that stand where a secret would stand. */
const PLACEHOLDER =
  /^(?:null|none|nil|undefined|true|false|string|required|optional|example|changeme|change-?me|redacted|hidden|secret|password|token|value|todo|n\/a|test|\*+|x{3,}|\.{2,}|-+|_+)$|^[<{[(%$*]|\$\{|\{\{|^(?:your|my|the|some|insert|enter|replace)[-_ ]|process\.env|os\.environ|getenv|ENV\[|\[REDACTED/i;

/** Whether a value only stands in for a secret: a placeholder, a variable, a type name. */
export function isPlaceholder(value: string): boolean {
  return value.length < 200 && PLACEHOLDER.test(value);
}

/** Whether a value looks made by a machine: letters and digits mixed, few repetitions, or one long varied word. */
export function looksRandom(value: string): boolean {
  if (value.length < 8 || /\s/.test(value)) return false;
  const hasDigit = /\d/.test(value);
  const hasLetter = /[A-Za-z]/.test(value);
  if (hasDigit && hasLetter) return findEntropy(value) >= 2.5;
  return value.length >= 16 && /[a-z]/.test(value) && /[A-Z]/.test(value) && !/[._-]/.test(value) &&
    findEntropy(value) >= 3.5;
}
