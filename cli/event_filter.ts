import type { EventFilter } from "../core/filter/filter.ts";
import type { FlagValues } from "./flag_values.ts";
import { usageError } from "./usage.ts";

/**
 * Reads the values of `--filter`; events have to match all of them. The language is loaded only when it is used.
 * @throws {FindingError} with everything that is wrong with them; exit code 64
 */
export async function readFilter(flags: FlagValues): Promise<EventFilter | undefined> {
  const texts = flags.texts("filter");
  if (texts.length === 0) return undefined;
  const { allOf, parseFilter } = await import("../core/filter/filter.ts");
  const parsed = texts.map((text) => parseFilter(text, "--filter"));
  const findings = parsed.flatMap((entry) => "findings" in entry ? entry.findings : []);
  if (findings.length > 0) throw usageError(...findings);
  return allOf(parsed.flatMap((entry) => "filter" in entry ? [entry.filter] : []));
}
