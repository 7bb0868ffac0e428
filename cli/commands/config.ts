import type { Command } from "../command.ts";
import { JSON_ANSWER } from "../shared_flags.ts";

/** `oisp config`. */
export const CONFIG: Command = {
  id: "config",
  summary: "check, show or begin a configuration file",
  stability: "stable",
  group: "help",
  args: [
    { value: { name: "ACTION", kind: "choice", choices: ["check", "show", "init"] }, summary: "check, show or init" },
    { value: { name: "FILE", kind: "file" }, summary: "instead of the file that would be used", isOptional: true },
  ],
  flags: [JSON_ANSWER],
  details: [
    "check lists every problem with line, column and the nearest key, and exits 78 when there is one. show prints the effective values and where each comes from; secrets are never printed. init prints a commented file with every key.",
  ],
  examples: [
    { line: "oisp config init > config.toml", says: "begin" },
    { line: "oisp config check config.toml", says: "all problems at once" },
    { line: "oisp config show", says: "what holds, and why" },
  ],
  load: () => import("../actions/config.ts"),
};
