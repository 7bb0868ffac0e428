/**
 * How the oracle reads JSON: by a path of keys. Deliberately unlike the decoder, so that both do not share a mistake.
 */

/** Gives the value at a path such as `choices.0.message.content`; undefined when a step is missing; null counts as missing. */
export function pick(json: unknown, path: string): unknown {
  let value: unknown = json;
  for (const key of path === "" ? [] : path.split(".")) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value === null ? undefined : value;
}

/** Gives the list at a path; empty when there is none. */
export function pickList(json: unknown, path: string): readonly unknown[] {
  const value = pick(json, path);
  return Array.isArray(value) ? value : [];
}

/** Gives the text at a path; undefined when there is none or it is empty. */
export function pickText(json: unknown, path: string): string | undefined {
  const value = pick(json, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Gives the number at a path. */
export function pickNumber(json: unknown, path: string): number | undefined {
  const value = pick(json, path);
  return typeof value === "number" ? value : undefined;
}

/** Parses JSON; undefined when it is none. */
export function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Joins those texts that are there; undefined when none is. */
export function joinTexts(texts: readonly (string | undefined)[], between: string): string | undefined {
  const there = texts.filter((text): text is string => text !== undefined);
  return there.length === 0 ? undefined : there.join(between);
}
