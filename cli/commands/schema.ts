import type { Command } from "../command.ts";

/** `oisp schema`. */
export const SCHEMA: Command = {
  id: "schema",
  summary: "print the JSON Schema of events or of the configuration",
  stability: "stable",
  group: "help",
  args: [{
    value: { name: "WHAT", kind: "choice", choices: ["events", "config"] },
    summary: "events (default) or config",
    isOptional: true,
  }],
  flags: [],
  details: ["Generated from the types of this version (JSON Schema 2020-12)."],
  examples: [{ line: "oisp schema > oisp-event.schema.json", says: "for a validator" }],
  load: () => import("../actions/schema.ts"),
};
