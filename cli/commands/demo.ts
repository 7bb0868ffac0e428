import type { Command } from "../command.ts";
import { JSON_ANSWER } from "../shared_flags.ts";

/** `oisp demo`. */
export const DEMO: Command = {
  id: "demo",
  summary: "show what it does, from a recording that is shipped",
  stability: "stable",
  group: "offline",
  args: [],
  flags: [{ ...JSON_ANSWER, summary: "the events as JSON lines instead of a table" }],
  details: [
    "Runs a recording through the whole pipeline, in `masked` mode, without rights and without network. `deno task demo` in a checkout goes on with a live capture.",
  ],
  examples: [{ line: "oisp demo", says: "see it work" }],
  load: () => import("../actions/demo.ts"),
};
