/** Gives whole microseconds since 1970 of a boot-clock time. */
export function toEpochUs(timeNs: number, clockOffsetUs: number): number {
  return Math.floor(timeNs / 1000) + clockOffsetUs;
}

/** Renders microseconds since 1970 as RFC 3339 UTC with six digits, for example `2026-11-21T10:00:00.000123Z`. */
export function toTimestamp(timeUs: number): string {
  const timeMs = Math.floor(timeUs / 1000);
  const restUs = timeUs - timeMs * 1000;
  return new Date(timeMs).toISOString().slice(0, -1) + String(restUs).padStart(3, "0") + "Z";
}

/** Gives milliseconds between two boot-clock times, rounded to microseconds; never negative. */
export function toDurationMs(fromNs: number, toNs: number): number {
  return Math.max(0, Math.round((toNs - fromNs) / 1000) / 1000);
}
