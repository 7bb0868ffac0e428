import type { Command } from "../command.ts";

/** `oisp help`. */
export const HELP: Command = {
  id: "help",
  summary: "explain a command, exit codes, variables or a code such as OISP-CFG-002",
  stability: "stable",
  group: "help",
  args: [{
    value: { name: "TOPIC", kind: "text" },
    summary: "a command, exit-codes, filter, environment, codes or a code",
    isOptional: true,
  }],
  flags: [],
  details: ["Without a topic: every command with one line."],
  examples: [{ line: "oisp help exit-codes", says: "what the exit code means" }],
  load: () => import("../actions/help.ts"),
};
