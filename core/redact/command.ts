import { type Match, mergeMatches } from "./scanner.ts";
import type { WalkState } from "./walk.ts";

/**
 * Redacts the arguments of a command. They are scanned as one text, so that a flag and the secret behind it are seen
 * together, and each by itself; each argument is then shown by itself.
 */
export function maskCommand(state: WalkState, values: readonly unknown[]): unknown[] {
  const words = values.map((value) => typeof value === "string" ? value : JSON.stringify(value) ?? "");
  const matches = state.scanner.scan(words.join(" "));
  state.tally.add(matches);
  let start = 0;
  return words.map((word) => {
    const own = state.scanner.scan(word);
    const inside = mergeMatches([...own, ...cutMatches(matches, start, start + word.length)]);
    start += word.length + 1;
    state.canonical?.add(word);
    return state.view.text(word, inside);
  });
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
