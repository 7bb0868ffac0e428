import { maskText, type Match, mergeMatches } from "./scanner.ts";
import { authHeaders } from "./rules/auth_headers.ts";
import type { WalkState } from "./walk.ts";

/** The key of such an argument may be the next one, where somebody forgot the quotes. */
const ENDS_WITH_SCHEME = /\b(?:bearer|basic|token|apikey)$/i;

/**
 * Redacts the arguments of a command. They are scanned as one text, so that a flag and the secret behind it are seen
 * together, and each by itself; each argument is then shown by itself.
 */
export function maskCommand(state: WalkState, values: readonly unknown[]): unknown[] {
  const words = values.map((value) => typeof value === "string" ? value : JSON.stringify(value) ?? "");
  const quotes = words.map(findQuote);
  const text = words.map((word, index) => quotes[index] + word + quotes[index]).join(" ");
  const matches = state.scanner.scan(text);
  state.tally.add(matches);
  const isFull = state.view.mode === "full";
  // `curl -H "Authorization: ..."`: the value of such a header is shown in no mode, wherever this program saw it.
  const hidden = isFull && matches.length > 0 ? state.scanner.scanFor(authHeaders, text) : matches;
  let start = 0;
  return words.map((word, index) => {
    start += quotes[index]?.length ?? 0;
    const own = isFull ? state.scanner.scanFor(authHeaders, word) : state.scanner.scan(word);
    const inside = mergeMatches([...own, ...cutMatches(hidden, start, start + word.length)]);
    start += word.length + (quotes[index]?.length ?? 0) + 1;
    state.canonical?.add(word);
    return isFull ? maskText(word, inside) : state.view.text(word, inside);
  });
}

/** Quotes to read an argument with spaces as one value: what rules hide of it then ends where it ends. */
function findQuote(word: string): string {
  if (!/\s/.test(word) || ENDS_WITH_SCHEME.test(word)) return "";
  return word.includes('"') ? "'" : '"';
}

/** The parts of matches that lie in `[start, end)`, moved so that `start` is 0. */
function cutMatches(matches: readonly Match[], start: number, end: number): Match[] {
  const inside: Match[] = [];
  for (const match of matches) {
    if (match.end <= start || match.start >= end) continue;
    inside.push({ start: Math.max(0, match.start - start), end: Math.min(end, match.end) - start, rule: match.rule });
  }
  return inside;
}
