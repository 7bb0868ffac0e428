import { PROVIDERS } from "./registry.ts";

const MAX_PREFIX_LENGTH = 8;

/** All public key beginnings, longest first. */
const PREFIXES: readonly string[] = [...new Set(PROVIDERS.flatMap((row) => row.keyPrefixes ?? []))]
  .sort((a, b) => b.length - a.length);

/**
 * Gives the public part of a key: the vendor's documented beginning, cut to 8 characters. Undefined when the key begins with
 * none, so that no secret character is ever shown.
 */
export function findKeyPrefix(key: string): string | undefined {
  return PREFIXES.find((prefix) => key.startsWith(prefix))?.slice(0, MAX_PREFIX_LENGTH);
}
