/**
 * Tells whether a path ends with the given words, whole segments only: `/v1/chat/completions` ends with `chat/completions`,
 * `/v1/mychat/completions` does not. A slash at the end does not matter. Gateways mount vendors' paths anywhere, so the beginning
 * says nothing.
 */
export function hasPathEnd(path: string, words: string): boolean {
  const end = path.endsWith("/") ? path.length - 1 : path.length;
  const start = end - words.length;
  // Asked by every format of every request: nearly all paths differ in their last letter.
  if (start < 0 || path.charCodeAt(end - 1) !== words.charCodeAt(words.length - 1)) return false;
  if (!path.startsWith(words, start)) return false;
  return start === 0 || path.charCodeAt(start - 1) === 0x2f;
}
