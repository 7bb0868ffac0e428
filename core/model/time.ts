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
