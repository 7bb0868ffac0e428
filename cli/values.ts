/** Checks the text of a flag or argument against its `ValueSpec`. */
import { findNearest } from "../core/config/nearest.ts";
import type { ValueSpec } from "./command.ts";

/** A checked value, or what is wrong with it (a clause that follows a colon) and what to do. */
export type CheckedValue =
  | { readonly value: string | number }
  | { readonly problem: string; readonly fix: string };

const DURATION_UNITS_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MAX_DURATION_MS = 2 ** 31 - 1;

/** Parses `30s`, `500ms`, `1m30s`, `2h`; a bare number is seconds. Gives milliseconds; undefined when it is something else. */
export function parseDurationMs(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return limitDuration(Number(text) * 1000);
  if (!/^(\d+(\.\d+)?(ms|min|s|m|h|d))+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g)) {
    sumMs += Number(amount) * (DURATION_UNITS_MS[unit ?? ""] ?? 0);
  }
  return limitDuration(sumMs);
}

function limitDuration(durationMs: number): number | undefined {
  return durationMs <= MAX_DURATION_MS ? Math.round(durationMs) : undefined;
}

function checkChoice(text: string, choices: readonly string[]): CheckedValue {
  if (choices.includes(text)) return { value: text };
  const nearest = findNearest(text, choices);
  return {
    problem: `it is "${text}"`,
    fix: nearest === undefined ? `one of: ${choices.join(", ")}` : `${nearest}   (one of: ${choices.join(", ")})`,
  };
}

/** Gives the value of a text, or the problem. Durations become milliseconds, counts numbers. */
export function checkValue(spec: ValueSpec, text: string): CheckedValue {
  switch (spec.kind) {
    case "text":
    case "file":
      if (text === "") return { problem: "it is empty", fix: `give a ${spec.name}` };
      return text.includes("\0") ? { problem: "it has a NUL byte", fix: `give a ${spec.name}` } : { value: text };
    case "choice":
      return checkChoice(text, spec.choices ?? []);
    case "count": {
      const isCount = /^\d{1,15}$/.test(text);
      return isCount ? { value: Number(text) } : { problem: `it is "${text}"`, fix: "a whole number, for example 1" };
    }
    case "duration": {
      const durationMs = parseDurationMs(text);
      if (durationMs !== undefined) return { value: durationMs };
      return { problem: `it is "${text}"`, fix: "a duration, for example 500ms, 30s or 1m30s" };
    }
  }
}
