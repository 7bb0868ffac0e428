/** The manual page in the format of man(7), made from the command table. */
import type { Command, Flag } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { listVariables } from "./environment.ts";
import { EXIT_CODE_TABLE } from "./exit_codes.ts";
import { GLOBAL_FLAGS, VERSION_FLAG } from "./global_flags.ts";
import { ONE_SENTENCE, renderArgument, renderFlagSummary } from "./help.ts";

/** Escapes text for roff: backslashes, hyphens, and dots and quotes that would begin a request. */
export function escapeRoff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");
}

function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${escapeRoff(text)}\\fR`;
}

function renderFlag(flag: Flag): string[] {
  const long = bold(flag.isOnByDefault === true ? `--no-${flag.name}` : `--${flag.name}`);
  const names = flag.short === undefined ? long : `${bold(`-${flag.short}`)}, ${long}`;
  const value = flag.value === undefined ? "" : ` ${italic(flag.value.name)}`;
  const details = flag.details === undefined ? "" : ` ${flag.details}`;
  return [".TP", names + value, escapeRoff(`${renderFlagSummary(flag)}.${details}`)];
}

function renderCommand(command: Command): string[] {
  const words = command.args.map((argument) => ` ${italic(renderArgument(argument))}`).join("");
  const child = command.takesCommand === true ? ` ${bold("--")} ${italic("CMD ARG...")}` : "";
  const flags = command.flags.filter((flag) => flag.later === undefined);
  return [
    `.SS ${bold(command.id)} [${italic("FLAGS")}]${words}${child}`,
    escapeRoff(`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`),
    ...command.details.flatMap((paragraph) => [".PP", escapeRoff(paragraph)]),
    ...flags.flatMap(renderFlag),
    ...command.examples.flatMap((example) => [
      ".PP",
      escapeRoff(`Example, ${example.says}:`),
      ".PP",
      ".RS 4",
      ".nf",
      escapeRoff(example.line),
      ".fi",
      ".RE",
    ]),
  ];
}

function renderRows(rows: readonly (readonly [string, string])[]): string[] {
  return rows.flatMap(([name, text]) => [".TP", bold(name), escapeRoff(text)]);
}

/** Gives the whole page for a version of the program. */
export function renderManPage(version: string): string {
  return [
    `.TH OISP 1 "" "oisp ${version}" "User commands"`,
    ".SH NAME",
    `oisp \\- ${escapeRoff(ONE_SENTENCE)}`,
    ".SH SYNOPSIS",
    `.B oisp`,
    `${italic("COMMAND")} [${italic("FLAGS")}] [${italic("ARGS")}]`,
    ".SH DESCRIPTION",
    escapeRoff(
      "Captures the calls that programs make to AI providers (prompts, answers, tool calls, tokens, cost) in the kernel, without changing those programs. Events are redacted before they are written, sent or shown.",
    ),
    ".SH COMMANDS",
    ...COMMANDS.flatMap(renderCommand),
    ".SH FLAGS OF EVERY COMMAND",
    ...[...GLOBAL_FLAGS, VERSION_FLAG].flatMap(renderFlag),
    '.SH "EXIT STATUS"',
    ...renderRows(EXIT_CODE_TABLE.map((row) => [row.code, row.meaning])),
    ".SH ENVIRONMENT",
    ...renderRows(listVariables().map((row) => [row.name, row.summary])),
    ".SH FILES",
    ...renderRows([
      ["/etc/oisp/config.toml", "configuration of the machine"],
      ["$XDG_CONFIG_HOME/oisp/config.toml", "configuration of the user; not read under root"],
      ["/run/oisp/PID.sock", "socket of a sensor that runs as root; else $XDG_RUNTIME_DIR/oisp/PID.sock"],
    ]),
  ].join("\n") + "\n";
}
