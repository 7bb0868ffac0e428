import type { Flag } from "./command.ts";

/** Flags of every command, before or after its name. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  {
    name: "config",
    short: "c",
    value: { name: "FILE", kind: "file" },
    summary: "read this configuration file and no other",
    details:
      "Without it: OISP_CONFIG, $XDG_CONFIG_HOME/oisp/config.toml (not under root), /etc/oisp/config.toml. Nothing is read from the working directory.",
  },
  {
    name: "verbose",
    short: "v",
    repeatable: true,
    summary: "say more on stderr; twice for debugging",
  },
  { name: "quiet", short: "q", summary: "say only errors" },
  {
    name: "color",
    value: { name: "WHEN", kind: "choice", choices: ["auto", "always", "never"] },
    summary: "when to colour",
    defaultText: "auto",
    details: "`auto` colours on a terminal unless NO_COLOR is set or TERM is `dumb`. JSON is never coloured.",
  },
  {
    name: "progress",
    isOnByDefault: true,
    summary: "no progress line",
    details: "ACCESSIBLE=1 does the same.",
  },
  { name: "help", short: "h", summary: "short help with -h, long help with --help" },
];

/** Flag of the program alone. */
export const VERSION_FLAG: Flag = { name: "version", short: "V", summary: "version, commit and library" };
