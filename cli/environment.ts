/** Every environment variable this program reads. */
import type { Flag } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { GLOBAL_FLAGS } from "./global_flags.ts";
import { hasVariable, toVariable } from "./usage.ts";

/** A variable and what it does. */
export interface VariableRow {
  readonly name: string;
  readonly summary: string;
}

const FIXED: readonly VariableRow[] = [
  { name: "OISP_<SECTION>_<KEY>", summary: "any key of the configuration, for example OISP_REDACTION_MODE=masked" },
  { name: "OISP_LIBRARY", summary: "path of the native library, instead of the one that belongs to this program" },
  { name: "XDG_CONFIG_HOME", summary: "where oisp/config.toml is looked for; default ~/.config; not under root" },
  {
    name: "XDG_STATE_HOME",
    summary: "where `record` keeps session files; default ~/.local/state; root: /var/lib/oisp",
  },
  { name: "XDG_RUNTIME_DIR", summary: "where a sensor without root keeps its socket" },
  { name: "NO_COLOR", summary: "not empty: no colour" },
  { name: "CLICOLOR_FORCE, FORCE_COLOR", summary: "not empty and not 0: colour in a pipe too" },
  { name: "TERM", summary: "dumb: no colour" },
  { name: "ACCESSIBLE", summary: "1: no progress line" },
];

/** Gives every variable: those that stand for a flag, in order of flags, then the others. */
export function listVariables(): readonly VariableRow[] {
  const flags = new Map<string, Flag>();
  for (const flag of [...GLOBAL_FLAGS, ...COMMANDS.flatMap((command) => command.flags)]) {
    if (hasVariable(flag) && !flags.has(flag.name)) flags.set(flag.name, flag);
  }
  const rows = [...flags.values()].map((flag) => ({
    name: toVariable(flag),
    summary: `--${flag.name}: ${flag.summary}`,
  }));
  return [...rows, ...FIXED];
}
