/** Looks values up in an event. Events may come from any file, so every depth is bounded. */

const MAX_DEPTH = 64;

/** Looks at one value; true ends the search. */
export type ValueTest = (value: unknown) => boolean;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/**
 * True when a value at the path passes the test. Lists are looked through, at the end of the path too; what is absent, or null, is
 * no value.
 */
export function hasValue(value: unknown, path: readonly string[], test: ValueTest, index = 0, depth = 0): boolean {
  if (value === undefined || value === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (hasValue(item, path, test, index, depth + 1)) return true;
    return false;
  }
  const name = path[index];
  if (name === undefined) return test(value);
  if (!isObject(value)) return false;
  // A key of an open object may hold dots itself.
  if (index > 0 && hasOwn(value, path.slice(index).join("."), test, depth)) return true;
  return Object.hasOwn(value, name) && hasValue(value[name], path, test, index + 1, depth + 1);
}

function hasOwn(value: Record<string, unknown>, key: string, test: ValueTest, depth: number): boolean {
  return key.includes(".") && Object.hasOwn(value, key) && hasValue(value[key], [], test, 0, depth + 1);
}

/** True when a text anywhere below the value passes the test. */
export function hasText(value: unknown, test: (text: string) => boolean, depth = 0): boolean {
  if (typeof value === "string") return test(value);
  if (!isObject(value) || depth > MAX_DEPTH) return false;
  for (const key in value) if (hasText(value[key], test, depth + 1)) return true;
  return false;
}
