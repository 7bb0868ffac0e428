import * as v from "valibot";

/** A whole number from 0. */
export const WholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Keys that every `[export.*]` block has. */
export const DestinationEntries = {
  enabled: v.optional(v.pipe(v.boolean(), v.description("Whether events go there")), false),
  redaction: v.optional(
    v.pipe(v.picklist(["safe", "masked", "full", "minimal"]), v.description("How much it is shown")),
  ),
  queue_events: v.optional(v.pipe(WholeNumber, v.minValue(1), v.description("Most events held for it")), 65_536),
  queue_mb: v.optional(v.pipe(v.number(), v.gtValue(0), v.description("Most MiB held for it")), 64),
};
