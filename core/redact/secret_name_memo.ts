import { readSecretName, type SecretName } from "./rules/secret_names.ts";

/** Names remembered; then it starts over. */
const MOST_NAMES = 4096;
const known = new Map<string, SecretName>();

/** Gives what a field's name says about its value; the same few names come again and again, so answers are kept. */
export function findSecretName(name: string): SecretName {
  if (name.length < 3 || name.length > 64) return "none";
  let kind = known.get(name);
  if (kind === undefined) {
    if (known.size >= MOST_NAMES) known.clear();
    kind = readSecretName(name);
    known.set(name, kind);
  }
  return kind;
}
