/** Checks the text of a flag or argument against its `ValueSpec`. */
import { parseDurationMs } from "../core/model/duration.ts";
import { findNearest } from "../core/model/nearest.ts";
import type { ValueSpec } from "./command.ts";
import { readMoment } from "./moment.ts";

/** A checked value, or what is wrong with it (a clause that follows a colon) and what to do. */
export type CheckedValue =
  | { readonly value: string | number }
  | { readonly problem: string; readonly fix: string };

/** Timers of the runtime count no further. */
const MAX_DURATION_MS = 2 ** 31 - 1;

function giveValue({ name }: ValueSpec): string {
  return `give ${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

function checkChoice(text: string, choices: readonly string[]): CheckedValue {
  if (choices.includes(text)) return { value: text };
  const nearest = findNearest(text, choices);
  return {
    problem: `it is "${text}"`,
    fix: nearest === undefined ? `one of: ${choices.join(", ")}` : `${nearest}   (one of: ${choices.join(", ")})`,
  };
}

function checkCount({ least = 0, most }: ValueSpec, text: string): CheckedValue {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (value !== undefined && value >= least && value <= (most ?? value)) return { value };
  const fix = most === undefined ? "a whole number, for example 1" : `a whole number from ${least} to ${most}`;
  return { problem: `it is "${text}"`, fix };
}

/** Gives the value of a text, or the problem. Durations become milliseconds, moments microseconds since 1970, counts numbers. */
export function checkValue(spec: ValueSpec, text: string): CheckedValue {
  switch (spec.kind) {
    case "text":
    case "file":
      if (text === "") return { problem: "it is empty", fix: giveValue(spec) };
      return text.includes("\0") ? { problem: "it has a NUL byte", fix: giveValue(spec) } : { value: text };
    case "choice":
      return checkChoice(text, spec.choices ?? []);
    case "count":
      return checkCount(spec, text);
    case "duration": {
      const durationMs = parseDurationMs(text);
      if (durationMs !== undefined && durationMs <= MAX_DURATION_MS) return { value: durationMs };
      return { problem: `it is "${text}"`, fix: "a duration, for example 500ms, 30s or 1m30s" };
    }
    case "moment": {
      const moment = readMoment(text, new Date());
      return "timeUs" in moment ? { value: moment.timeUs } : moment;
    }
  }
}
