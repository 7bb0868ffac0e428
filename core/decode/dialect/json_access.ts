/** A JSON object as it came from the wire: every key may be missing or have another type. */
export type JsonRecord = Readonly<Record<string, unknown>>;

const NO_ENTRIES: readonly unknown[] = [];

/** Gives the value when it is a JSON object (not a list, not null). */
export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonRecord : undefined;
}

/** Gives the value when it is a list, else an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ENTRIES;
}

/** Gives the value when it is a string, "" included. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Gives the value when it is a string with at least one character. */
export function asFilledText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Gives the value when it is a whole number that is not negative. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Gives the value when it is a finite number that is not negative. */
export function asAmount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Parses JSON; undefined when it is not JSON. Deep nesting counts as not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses a JSON object; undefined when it is not one. */
export function parseRecord(text: string): JsonRecord | undefined {
  return asRecord(parseJson(text));
}
