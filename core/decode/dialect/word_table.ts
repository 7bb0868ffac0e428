/**
 * A table that is looked up by words of a message. It has no words but its own: in a plain object `constructor` and a few more are
 * found, too.
 */
export function toWordTable<T>(words: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.freeze(Object.assign(Object.create(null), words));
}
