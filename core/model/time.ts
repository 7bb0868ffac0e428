/** Gives whole microseconds since 1970 of a boot-clock time. */
export function toEpochUs(timeNs: number, clockOffsetUs: number): number {
  return Math.floor(timeNs / 1000) + clockOffsetUs;
}

const US_PER_SECOND = 1_000_000;

/** The last second rendered: events come close together, and a date is the dear part of a time. */
let lastSecond = Number.NaN;
let lastSecondText = "";

/** Renders microseconds since 1970 as RFC 3339 UTC with six digits, for example `2026-11-21T10:00:00.000123Z`. */
export function toTimestamp(timeUs: number): string {
  const second = Math.floor(timeUs / US_PER_SECOND);
  if (second !== lastSecond) {
    lastSecondText = new Date(second * 1000).toISOString().slice(0, -"000Z".length);
    lastSecond = second;
  }
  return `${lastSecondText}${String(timeUs - second * US_PER_SECOND).padStart(6, "0")}Z`;
}

/** Gives milliseconds between two boot-clock times, rounded to microseconds; never negative. */
export function toDurationMs(fromNs: number, toNs: number): number {
  return Math.max(0, Math.round((toNs - fromNs) / 1000) / 1000);
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Parses RFC 3339 and what is short of it (`2026-11-21`, `2026-11-21T10:00`, no zone: UTC). Gives whole microseconds since 1970;
 * undefined when it is something else, or no day of the calendar.
 */
export function parseTimestampUs(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, day, minute = "00:00", second = "00", fraction = "", zone = "Z"] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const timeMs = Date.parse(`${day}T${minute}:${second}${offset}`);
  // The runtime takes February 30th for March 2nd.
  if (Number.isNaN(timeMs) || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day ?? "")) return undefined;
  return timeMs * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}
