import { EXPORTERS } from "../export/registry.ts";
import { LATER_SECTIONS } from "./later_sections.ts";
import { OWN_SECTIONS } from "./own_sections.ts";
import { type ConfigSection, isSectionSchema } from "./section.ts";

function toSection({ id, summary, configSchema }: (typeof EXPORTERS)[number]): ConfigSection {
  if (!isSectionSchema(configSchema)) throw new TypeError(`Cannot configure exporter "${id}": its schema has no keys`);
  return { path: `export.${id}`, summary, schema: configSchema, isRepeatable: true };
}

const SECTIONS: readonly ConfigSection[] = [...OWN_SECTIONS, ...EXPORTERS.map(toSection), ...LATER_SECTIONS];

/** Gives every section of the configuration file: the program's own, one for each exporter, those of later versions. */
export function listSections(): readonly ConfigSection[] {
  return SECTIONS;
}
