import { parseDurationMs } from "../core/model/duration.ts";
import { parseTimestampUs } from "../core/model/time.ts";

/** A moment, or what is wrong with its text (a clause that follows a colon) and what to do. */
export type Moment = { readonly timeUs: number } | { readonly problem: string; readonly fix: string };

const FIX = "5m (ago), 10:30, today, yesterday, 2026-11-21, 2026-11-21T10:30:00Z";
const DAY_NAMES: Readonly<Record<string, number>> = { today: 0, yesterday: -1 };

/** Local midnight of the day of `now`, or of one some days away. */
function toMidnight(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

function readClockTime(text: string, now: Date): Moment | undefined {
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return { problem: `it is "${text}"`, fix: FIX };
  const moment = toMidnight(now, 0);
  moment.setHours(hour, minute, second);
  if (moment <= now) return { timeUs: moment.getTime() * 1000 };
  return { problem: `"${text}" is still to come today`, fix: "name the day as well, for example 2026-11-21T10:30" };
}

/** Without a zone the time on the clock of this machine is meant. */
function readDateTime(text: string): number | undefined {
  const timeUs = parseTimestampUs(text);
  if (timeUs === undefined || /(?:[Zz]|[+-]\d\d:?\d\d)$/.test(text.slice(10))) return timeUs;
  const local = new Date(timeUs / 1000);
  const offsetMs = new Date(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
  ).getTime() - Math.floor(timeUs / 1_000_000) * 1000;
  return timeUs + offsetMs * 1000;
}

/**
 * Reads a moment that a person typed: how long ago (`5m`, `1h30m`, `7d`), a time of today (`10:30`), `now`, `today`, `yesterday`, or a
 * date with or without time (RFC 3339; local without a zone). Gives microseconds since 1970.
 */
export function readMoment(text: string, now: Date): Moment {
  const days = DAY_NAMES[text.toLowerCase()];
  if (days !== undefined) return { timeUs: toMidnight(now, days).getTime() * 1000 };
  if (text.toLowerCase() === "now") return { timeUs: now.getTime() * 1000 };
  const clockTime = readClockTime(text, now);
  if (clockTime !== undefined) return clockTime;
  // A bare number could be seconds ago or seconds since 1970.
  const agoMs = /^[\d.]+$/.test(text) ? undefined : parseDurationMs(text);
  if (agoMs !== undefined) return { timeUs: (now.getTime() - agoMs) * 1000 };
  const timeUs = readDateTime(text);
  return timeUs === undefined ? { problem: `it is "${text}"`, fix: FIX } : { timeUs };
}
