import * as v from "valibot";
import { LATER_SECTIONS } from "./later_sections.ts";
import { OWN_SECTIONS } from "./own_sections.ts";
import type { ConfigSection } from "./section.ts";
import { key, Positive, Redaction, Text, Whole } from "./value_kinds.ts";

const JSONL: ConfigSection = {
  path: "export.jsonl",
  summary: "JSON lines in a file",
  isRepeatable: true,
  schema: v.strictObject({
    enabled: v.optional(key(v.boolean(), "use this destination"), true),
    path: key(Text, "file; it is appended to", { example: "/var/log/oisp/events.jsonl" }),
    append: v.optional(key(v.boolean(), "append"), true),
    pretty: v.optional(key(v.boolean(), "several lines an event, for reading"), false),
    flush_each: v.optional(key(v.boolean(), "write each event at once"), false),
    rotate_size_mb: v.optional(key(Positive, "rotate")),
    rotate_count: v.optional(key(Whole, "keep")),
    redaction: v.optional(key(Redaction, "level of this destination; default: [redaction] mode")),
  }),
};

/** Gives every section of the configuration file: the program's own, one for each exporter, those of later versions. */
export function listSections(): readonly ConfigSection[] {
  return [...OWN_SECTIONS, JSONL, ...LATER_SECTIONS];
}
