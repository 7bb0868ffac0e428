/** A host pattern with what it stands for. */
interface HostPattern<T> {
  readonly pattern: string;
  readonly matches: (host: string) => boolean;
  readonly value: T;
}

/**
 * Finds the values whose host pattern fits a host: one map look-up for exact names, then one for each of the host's parent
 * domains. Patterns are those of `Provider.hosts`.
 */
export class HostIndex<T> {
  readonly #exact = new Map<string, T[]>();
  /** Patterns by the dot-led literal text they end with (`.openai.azure.com`). */
  readonly #byTail = new Map<string, HostPattern<T>[]>();

  /** Adds a pattern; several values may share one. */
  add(pattern: string, value: T): void {
    if (!pattern.includes("*")) return pushTo(this.#exact, pattern, value);
    pushTo(this.#byTail, tailOf(pattern), { pattern, matches: compile(pattern), value });
  }

  /** Values for a host: those of the exact name, else those of the longest fitting pattern; empty when none fits. */
  find(host: string): readonly T[] {
    return this.#exact.get(host) ?? this.#findPattern(host);
  }

  #findPattern(host: string): readonly T[] {
    let longest = 0;
    const found: T[] = [];
    for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
      for (const entry of this.#byTail.get(host.slice(dot)) ?? []) {
        if (entry.pattern.length < longest || !entry.matches(host)) continue;
        if (entry.pattern.length > longest) found.length = 0;
        longest = entry.pattern.length;
        found.push(entry.value);
      }
    }
    return found;
  }
}

/** Literal text of a pattern from the first dot after its last star. */
function tailOf(pattern: string): string {
  return pattern.slice(pattern.indexOf(".", pattern.lastIndexOf("*")));
}

function compile(pattern: string): (host: string) => boolean {
  if (pattern.lastIndexOf("*") === 0 && pattern.startsWith("*.")) {
    const tail = pattern.slice(1);
    return (host) => host.length > tail.length && host.endsWith(tail);
  }
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/^\*\\\./, "(?:[^.]+\\.)+")
    .replace(/\*/g, "[^.]*");
  const expression = new RegExp(`^${source}$`);
  return (host) => expression.test(host);
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
