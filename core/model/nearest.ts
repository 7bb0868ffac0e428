/** Gives the number of single-character edits (insert, delete, replace, swap of neighbours) from `a` to `b`. */
export function toEditDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

const MAX_WORD_LENGTH = 64;

/**
 * Finds the known word that a mistyped one most likely means: at most a third of its letters (and at least one) differ, or one
 * begins with the other. Undefined when nothing is near.
 */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > MAX_WORD_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = toEditDistance(word.toLowerCase(), candidate.toLowerCase());
    const isPrefix = word.length >= 3 && (candidate.startsWith(word) || word.startsWith(candidate));
    const limit = isPrefix ? Infinity : Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
