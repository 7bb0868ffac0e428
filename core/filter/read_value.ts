/** Texts of an expression as the numbers they mean. */
import { parseDurationMs } from "../model/duration.ts";
import { parseTimestampUs } from "../model/time.ts";
import type { Field } from "./fields.ts";

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 1000,
  kb: 1000,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gib: 1024 ** 3,
};
const NUMBER = /^-?(?:\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

function readPlain(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text.replaceAll("_", "")) : undefined;
}

function readBytes(text: string): number | undefined {
  const match = /^([\d._]+)\s*([a-z]+)$/i.exec(text);
  const amount = match === null ? undefined : readPlain(match[1] ?? "");
  const unit = BYTE_UNITS[match?.[2]?.toLowerCase() ?? ""];
  return amount === undefined || unit === undefined ? undefined : amount * unit;
}

const READERS: Readonly<Record<Field["unit"], (text: string) => number | undefined>> = {
  // A bare number has been read before; here it has a unit.
  ms: parseDurationMs,
  bytes: readBytes,
  usd: (text) => text.startsWith("$") ? readPlain(text.slice(1)) : undefined,
  time: parseTimestampUs,
  none: () => undefined,
};

const EXAMPLES: Readonly<Record<Field["unit"], string>> = {
  ms: "a number of milliseconds, or 800ms, 2s, 1m30s",
  bytes: "a number of bytes, or 10kB, 1MiB",
  usd: "a number of US dollars, for example 0.01",
  time: "a time, for example 2026-11-21T10:00:00Z",
  none: "a number, for example 1000",
};

/** Reads a number in the field's unit: milliseconds, bytes, US dollars; microseconds since 1970 for times. */
export function readNumber(text: string, unit: Field["unit"]): number | undefined {
  if (unit === "time") return parseTimestampUs(text);
  return readPlain(text) ?? READERS[unit](text);
}

/** What `readNumber` takes, for advice. */
export function describeNumber(unit: Field["unit"]): string {
  return EXAMPLES[unit];
}

/** Gives the number of a captured value in the field's unit; undefined where it has none. */
export function toNumber(value: unknown, unit: Field["unit"]): number | undefined {
  if (typeof value === "number") return value;
  return unit === "time" && typeof value === "string" ? parseTimestampUs(value) : undefined;
}
