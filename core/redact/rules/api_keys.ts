import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { findCharsetEnd, type KeyCharset, type KeyShape, toExampleKey } from "./api_key_shape.ts";
import { AI_KEY_SHAPES } from "./api_key_shapes_ai.ts";
import { CLOUD_KEY_SHAPES } from "./api_key_shapes_cloud.ts";
import { SERVICE_KEY_SHAPES } from "./api_key_shapes_services.ts";

/** Every key shape; the longest prefix wins. */
export const KEY_SHAPES: readonly KeyShape[] = [...AI_KEY_SHAPES, ...CLOUD_KEY_SHAPES, ...SERVICE_KEY_SHAPES];

/** A prefix may begin this far before a long run: prefixes with a dot are not wholly inside one. */
const PREFIX_REACH = 16;
/** Shortest continuation of a key on the next line that is taken for the rest of it. */
const SHORTEST_REST = 8;

const SHAPE_BY_PREFIX = new Map(KEY_SHAPES.map((shape) => [shape.prefix, shape]));
const PREFIXES = [...SHAPE_BY_PREFIX.keys()].sort((a, b) => b.length - a.length);
/** Shapes by their first two characters, those with the longest prefix first. */
const SHAPES_BY_BEGINNING = groupShapes();
/** 1 for each character a prefix begins with. */
const FIRST_CHARACTERS = buildFirstTable();
/** The same where the first part of a key ends in a newline by which the parts of a message were joined. */
const TORN_PREFIX = new RegExp(
  `(?<![A-Za-z0-9])(?:${PREFIXES.filter((prefix) => prefix.length >= 4).map(toTornPattern).join("|")})`,
  "g",
);

/** Keys that their vendors give a fixed beginning. */
export const apiKeys: RedactionRule = {
  id: "api_key",
  summary: "Keys with a vendor's prefix, by a table of their shapes",
  stability: "stable",
  class: "api_key",
  maxSpanLength: 32,
  examples: {
    positive: KEY_SHAPES.map((shape) => `use ${toExampleKey(shape)}, please`),
    negative: KEY_SHAPES.flatMap((shape) => shape.negatives ?? []),
  },
  find(subject: Subject, spans: Span[]): void {
    const runs = subject.longRuns;
    let searchedUntil = 0;
    for (let i = 0; i + 1 < runs.length; i += 2) {
      const from = Math.max(searchedUntil, (runs[i] ?? 0) - PREFIX_REACH);
      const until = runs[i + 1] ?? 0;
      if (until > from) searchedUntil = findKeys(subject.text, from, until, spans);
    }
  },
};

/** Finds keys that begin in `[from, until)`; gives where the next search may begin. */
function findKeys(text: string, from: number, until: number, spans: Span[]): number {
  let done = from;
  let refusedUntil = from;
  let refusedCharset: KeyCharset | undefined;
  for (let start = from; start < until; start++) {
    const shape = isPossibleStart(text, start) ? findShape(text, start) : undefined;
    // One refused stretch holds no key of a weak shape further on either: looking again would take quadratic time.
    if (shape === undefined || (start < refusedUntil && shape.isWeak && shape.charset === refusedCharset)) continue;
    const end = findKeyEnd(text, start, shape);
    if (end < 0) {
      if (!shape.isWeak) continue;
      refusedUntil = findCharsetEnd(text, start, shape.charset) - shape.minLength;
      refusedCharset = shape.charset;
      continue;
    }
    spans.push({ start, end });
    done = end;
    start = end - 1;
  }
  const part = text.slice(from, until);
  if (part.includes("\n")) findTornKeys(text, part, from, spans);
  return Math.max(done, until);
}

function isPossibleStart(text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  return code < 128 && FIRST_CHARACTERS[code] === 1 && !isInsideWord(text, start);
}

function findShape(text: string, start: number): KeyShape | undefined {
  const shapes = SHAPES_BY_BEGINNING.get(text.charCodeAt(start) * 128 + text.charCodeAt(start + 1));
  return shapes?.find((shape) => text.startsWith(shape.prefix, start));
}

/** A prefix right behind a letter or digit is the middle of something else. */
function isInsideWord(text: string, start: number): boolean {
  if (start === 0) return false;
  const code = text.charCodeAt(start - 1);
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function findKeyEnd(text: string, start: number, shape: KeyShape): number {
  const bodyStart = start + shape.prefix.length;
  let end = findCharsetEnd(text, bodyStart, shape.charset);
  if (text.charCodeAt(end) === 10) end = findRestOfKey(text, end, shape);
  const body = text.slice(bodyStart, end);
  if (body.length < shape.minLength) return -1;
  if (shape.isWeak && !/\d/.test(body)) return -1;
  // What sticks to a key is taken with it: a vendor may lengthen its keys, and half a key is worth hiding.
  return Math.max(end, findCharsetEnd(text, end, "word"));
}

/** A newline inside a key is where two parts of a message were joined: the rest must look as random as a key does. */
function findRestOfKey(text: string, newline: number, shape: KeyShape): number {
  const end = findCharsetEnd(text, newline + 1, shape.charset);
  const rest = text.slice(newline + 1, end);
  return rest.length >= SHORTEST_REST && /\d/.test(rest) && /[A-Za-z]/.test(rest) ? end : newline;
}

/** Keys whose prefix itself is cut by a newline. */
function findTornKeys(text: string, part: string, from: number, spans: Span[]): void {
  for (const match of part.matchAll(TORN_PREFIX)) {
    const shape = SHAPE_BY_PREFIX.get(match[0].replace("\n", ""));
    const start = from + match.index;
    const bodyStart = start + match[0].length;
    const end = shape === undefined ? bodyStart : findCharsetEnd(text, bodyStart, shape.charset);
    if (shape === undefined || end - bodyStart < shape.minLength || isInsideWord(text, start)) continue;
    spans.push({ start, end });
  }
}

function groupShapes(): ReadonlyMap<number, readonly KeyShape[]> {
  const groups = new Map<number, KeyShape[]>();
  for (const shape of [...SHAPE_BY_PREFIX.values()].sort((a, b) => b.prefix.length - a.prefix.length)) {
    const beginning = shape.prefix.charCodeAt(0) * 128 + shape.prefix.charCodeAt(1);
    groups.set(beginning, [...groups.get(beginning) ?? [], shape]);
  }
  return groups;
}

function buildFirstTable(): Uint8Array {
  const table = new Uint8Array(128);
  for (const prefix of PREFIXES) table[prefix.charCodeAt(0)] = 1;
  return table;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

function toTornPattern(prefix: string): string {
  const variants: string[] = [];
  for (let cut = 1; cut < prefix.length; cut++) {
    variants.push(`${escapePattern(prefix.slice(0, cut))}\\n${escapePattern(prefix.slice(cut))}`);
  }
  return variants.join("|");
}
