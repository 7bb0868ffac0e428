import type { Command } from "../command.ts";

/** `oisp man`. */
export const MAN: Command = {
  id: "man",
  summary: "print the manual page",
  stability: "stable",
  group: "help",
  args: [],
  flags: [],
  details: ["In the format of man(7), on stdout."],
  examples: [{ line: "oisp man | man -l -", says: "read it" }],
  load: () => import("../actions/man.ts"),
};
