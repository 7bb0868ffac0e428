import { PROVIDERS } from "./registry.ts";

const MAX_PREFIX_LENGTH = 8;

/** All public key beginnings by their first character, longest first. */
const PREFIXES: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  [...new Set(PROVIDERS.flatMap((row) => row.keyPrefixes ?? []))].sort((a, b) => b.length - a.length),
  (prefix) => prefix.charAt(0),
);

/**
 * Gives the public part of a key: the vendor's documented beginning, cut to 8 characters. Undefined when the key begins with
 * none, so that no secret character is ever shown.
 */
export function findKeyPrefix(key: string): string | undefined {
  return PREFIXES.get(key.charAt(0))?.find((prefix) => key.startsWith(prefix))?.slice(0, MAX_PREFIX_LENGTH);
}
