import type { Command } from "../command.ts";
import { JSON_ANSWER } from "../shared_flags.ts";

/** `oisp version`. */
export const VERSION: Command = {
  id: "version",
  summary: "print version, commit, library and packaging",
  stability: "stable",
  group: "help",
  args: [],
  flags: [JSON_ANSWER],
  details: ["Also says whether program and native library fit each other."],
  examples: [{ line: "oisp version --json", says: "for scripts" }],
  load: () => import("../actions/version.ts"),
};
