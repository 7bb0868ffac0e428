/** Collapses repeated slashes, which real clients send when a base URL ends with one. */
export function toCleanPath(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

/**
 * Tells how many characters of a clean path a pattern explains: a prefix, or a glob whose `*` stands for any text. 0 = does not
 * fit. Longer is more exact.
 */
export function measurePathFit(pattern: string, path: string): number {
  if (!pattern.includes("*")) return path.startsWith(pattern) ? pattern.length : 0;
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  if (!path.startsWith(first)) return 0;
  let at = first.length;
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i] ?? "";
    const found = path.indexOf(part, at);
    if (found < 0) return 0;
    at = found + part.length;
  }
  return pattern.length - (parts.length - 1);
}

/** The best fit of several patterns; 0 when none fits. */
export function measureBestFit(patterns: readonly string[], path: string): number {
  let best = 0;
  for (const pattern of patterns) best = Math.max(best, measurePathFit(pattern, path));
  return best;
}
