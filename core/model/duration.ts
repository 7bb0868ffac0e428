const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Gives the milliseconds of `30s`, `500ms`, `1m30s`, `2h`, `7d`; a bare number is seconds. Undefined when it is something else. */
export function parseDurationMs(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (!/^(\d+(\.\d+)?(ms|min|s|m|h|d))+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g)) {
    sumMs += Number(amount) * (UNITS_MS[unit ?? ""] ?? 0);
  }
  return Math.round(sumMs);
}
