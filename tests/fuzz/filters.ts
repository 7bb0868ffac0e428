import { parseFilter } from "../../core/filter/filter.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import type { Random } from "../support/random.ts";

const PIECES = [
  "type",
  "model",
  "tokens",
  "data.usage.total_tokens",
  "attrs.x.y",
  "error",
  "nothing",
  ":",
  "=",
  "==",
  "!=",
  "!",
  "~",
  "!~",
  ">",
  ">=",
  "<",
  "<=",
  " ",
  "(",
  ")",
  '"',
  "'",
  "\\",
  ",",
  "*",
  "and",
  "or",
  "not",
  "&&",
  "||",
  "ai.*",
  "1000",
  "2s",
  "$0.01",
  "2026-11-21T10:00:00Z",
  "\n",
  "é",
  "😀",
  "\u0000",
];

function randomValue(random: Random, depth: number): unknown {
  switch (random.below(depth > 4 ? 5 : 7)) {
    case 0:
      return random.next() * 1e6;
    case 1:
      return random.pick(["ai.response", "gpt-4o", "", "2026-11-21T10:00:00.000000Z", "é😀"]);
    case 2:
      return random.once(2);
    case 3:
      return null;
    case 4:
      return random.pick(["type", "x", "1000"]);
    case 5:
      return Array.from({ length: random.below(4) }, () => randomValue(random, depth + 1));
    default:
      return randomObject(random, depth + 1);
  }
}

function randomObject(random: Random, depth: number): Record<string, unknown> {
  const names = ["event_type", "timestamp", "data", "model", "id", "usage", "total_tokens", "attrs", "x", "y", "error"];
  return Object.fromEntries(
    Array.from({ length: random.below(6) }, () => [random.pick(names), randomValue(random, depth)]),
  );
}

/** Random expressions over random values: a filter, or findings that lie inside the expression; the same answer each time. */
export const filterFuzz: FuzzTarget = {
  name: "filter",
  run(random) {
    const text = Array.from({ length: random.below(30) }, () => random.pick(PIECES)).join("");
    const parsed = parseFilter(text, "--filter");
    if ("findings" in parsed) {
      const lines = text.split("\n");
      if (parsed.findings.length === 0) throw new Error("neither a filter nor a finding");
      for (const { position } of parsed.findings) {
        const line = lines[(position?.line ?? 0) - 1];
        if (line === undefined || (position?.column ?? 0) > [...line].length + 1) {
          throw new Error(`no such place: ${text}`);
        }
      }
      return;
    }
    const event = randomObject(random, 0);
    const before = JSON.stringify(event);
    const first = parsed.filter.matches(event);
    if (parsed.filter.matches(event) !== first || JSON.stringify(event) !== before) {
      throw new Error(`not pure: ${text}`);
    }
    const negated = parseFilter(`not (${text})`, "--filter");
    if ("filter" in negated && negated.filter.matches(event) === first) throw new Error(`not its opposite: ${text}`);
  },
};
