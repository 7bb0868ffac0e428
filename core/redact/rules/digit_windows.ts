import type { Span } from "../rule.ts";
import type { Subject } from "../subject.ts";

/**
 * Runs a pattern (with flag `g`) only around the stretches of digits of a text. `before` and `after` are how far a match, and what explains it,
 * may reach beyond the digits. Gives each match once to `accept`, which says whether it counts; `group` is the part to hide.
 */
export function pushAroundDigits(
  subject: Subject,
  window: { readonly before: number; readonly after: number; readonly group?: number },
  pattern: RegExp,
  spans: Span[],
  accept: (match: string) => boolean,
): void {
  const { text, digitStretches } = subject;
  let done = 0;
  for (let i = 0; i + 1 < digitStretches.length; i += 2) {
    const from = Math.max(0, (digitStretches[i] ?? 0) - window.before);
    const until = Math.min(text.length, (digitStretches[i + 1] ?? 0) + window.after);
    const part = text.slice(from, until);
    pattern.lastIndex = 0;
    for (let match = pattern.exec(part); match !== null; match = pattern.exec(part)) {
      const end = from + match.index + match[0].length;
      if (end <= done || !accept(match[0])) continue;
      spans.push({ start: end - (match[window.group ?? 0] ?? "").length, end });
      done = end;
    }
  }
}
