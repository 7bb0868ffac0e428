/** Help as text, made from the command table. Plain text without colour, so that it can be compared and piped. */
import type { Argument, Command, Flag } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { GLOBAL_FLAGS, VERSION_FLAG } from "./global_flags.ts";
import { pad, wrap } from "./term/width.ts";

const HELP_COLUMNS = 96;

/** What this program is, in one sentence without a full stop. */
export const ONE_SENTENCE = "see every call that programs on this machine make to AI providers";

const GROUP_TITLES = { capture: "Capture", offline: "Without rights", help: "About" } as const;

/** Gives the twelve lines of `oisp` and `oisp -h`. */
export function renderShortHelp(): string {
  const names = COMMANDS.map((command) => command.id).join(" ");
  return [
    `oisp: ${ONE_SENTENCE}`,
    "",
    "  sudo oisp run -- python3 agent.py    capture one command and its children",
    "  sudo oisp tail | jq                  live events as JSON lines",
    "  oisp demo                            see it work, without rights",
    "",
    ...wrap(`Commands: ${names}`, 80).map((line, i) => i === 0 ? line : `          ${line}`),
    "",
    "Contents are redacted (safe) unless --redaction says otherwise; nothing leaves this machine.",
    "More: oisp --help   oisp COMMAND --help   oisp help exit-codes",
  ].join("\n");
}

/** Gives `oisp --help`: every command and every global flag. */
export function renderLongHelp(): string {
  const width = Math.max(...COMMANDS.map((command) => command.id.length));
  const lines = [`oisp: ${ONE_SENTENCE}`, "", "Usage: oisp COMMAND [FLAGS] [ARGS]"];
  for (const [group, title] of Object.entries(GROUP_TITLES)) {
    lines.push("", `${title}:`);
    for (const command of COMMANDS.filter((entry) => entry.group === group)) {
      lines.push(`  ${pad(command.id, width)}  ${command.summary}`);
    }
  }
  lines.push("", "Flags of every command:", ...renderFlags([...GLOBAL_FLAGS, VERSION_FLAG], false));
  lines.push("", "More: oisp COMMAND --help   oisp help exit-codes   oisp help environment   oisp man");
  return lines.join("\n");
}

/** Gives an argument as usage lines show it: `FILE`, `[FILE]`, `FILE...`. */
export function renderArgument(argument: Argument): string {
  const name = argument.value.name + (argument.isRepeatable === true ? "..." : "");
  return argument.isOptional === true ? `[${name}]` : name;
}

/** Gives the usage line of a command. */
export function renderUsage(command: Command): string {
  const words = ["oisp", command.id, "[FLAGS]", ...command.args.map(renderArgument)];
  if (command.takesCommand === true) words.push("-- CMD [ARG...]");
  return words.join(" ");
}

/** Gives a flag as help shows it: `-o, --output FILE`. */
export function renderFlagName(flag: Flag): string {
  const long = flag.isOnByDefault === true ? `--no-${flag.name}` : `--${flag.name}`;
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return short + (flag.value === undefined ? long : `${long} ${flag.value.name}`);
}

/** Gives the one line a flag's help begins with: summary, choices, default, repeatable. */
export function renderFlagSummary(flag: Flag): string {
  const notes: string[] = [];
  if (flag.value?.choices !== undefined) notes.push(flag.value.choices.join(", "));
  if (flag.defaultText !== undefined) notes.push(`default ${flag.defaultText}`);
  if (flag.repeatable === true) notes.push("repeatable");
  return notes.length === 0 ? flag.summary : `${flag.summary} (${notes.join("; ")})`;
}

function renderFlags(flags: readonly Flag[], isLong: boolean): string[] {
  const shown = flags.filter((flag) => flag.later === undefined);
  const width = Math.max(0, ...shown.map((flag) => renderFlagName(flag).length));
  const indent = " ".repeat(width + 4);
  return shown.flatMap((flag) => {
    const text = wrap(renderFlagSummary(flag), HELP_COLUMNS - width - 4);
    const more = isLong && flag.details !== undefined ? wrap(flag.details, HELP_COLUMNS - width - 4) : [];
    const [first = "", ...rest] = [...text, ...more];
    return [`  ${pad(renderFlagName(flag), width)}  ${first}`, ...rest.map((line) => indent + line)];
  });
}

function renderExamples(command: Command): string[] {
  return command.examples.flatMap((example) => [`  ${example.line}`, `      ${example.says}`]);
}

/** Gives the help of one command: short for `-h`, with details and examples for `--help`. */
export function renderCommandHelp(command: Command, isLong: boolean): string {
  const lines = [`oisp ${command.id}: ${command.summary}`, "", `Usage: ${renderUsage(command)}`];
  if (command.args.length > 0) {
    lines.push("", "Arguments:");
    for (const argument of command.args) lines.push(`  ${argument.value.name}  ${argument.summary}`);
  }
  if (isLong) { for (const paragraph of command.details) lines.push("", ...wrap(paragraph, HELP_COLUMNS)); }
  if (command.flags.some((flag) => flag.later === undefined)) {
    lines.push("", "Flags:", ...renderFlags(command.flags, isLong));
  }
  if (isLong) {
    lines.push("", "Flags of every command:", ...renderFlags(GLOBAL_FLAGS, true));
    lines.push("", "Examples:", ...renderExamples(command));
    if (command.stability === "experimental") lines.push("", "This command is experimental: it may change.");
  } else {
    lines.push("", `More: oisp ${command.id} --help`);
  }
  return lines.join("\n");
}
