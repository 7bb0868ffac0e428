/** What a text with placeholders became. */
export interface Expanded {
  readonly text: string;
  /** Names without a value and without a default. */
  readonly unset: readonly string[];
  /** A `${` that does not end or has no name. */
  readonly isBroken: boolean;
}

const PLACEHOLDER = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` by the environment's value; `$${` stands for a literal `${`. An empty variable
 * counts as unset where a default is given. What was put in is not looked at again.
 */
export function expandPlaceholders(text: string, env: (name: string) => string | undefined): Expanded {
  if (!text.includes("${")) return { text, unset: [], isBroken: false };
  const unset: string[] = [];
  let isBroken = false;
  const expanded = text.replace(PLACEHOLDER, (match, name: string | undefined, fallback: string | undefined) => {
    if (match === "$${") return "${";
    if (name === undefined) {
      isBroken = true;
      return match;
    }
    const value = env(name);
    if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
    if (value === undefined) unset.push(name);
    return value ?? "";
  });
  return { text: expanded, unset, isBroken };
}
