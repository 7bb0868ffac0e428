/**
 * The command line: argv in, exit code out. Nothing here exits and nothing heavy is imported: a command's code is loaded when
 * it runs.
 *
 * @module
 */
import { type Finding, FindingError } from "../core/model/finding.ts";
import type { Command, Flag } from "./command.ts";
import { COMMANDS, LATER_COMMANDS } from "./commands/registry.ts";
import { loadMask, writeFindings } from "./errors.ts";
import { ExitCode } from "./exit_codes.ts";
import { explainFailure } from "./failure.ts";
import { renderCommandHelp, renderLongHelp, renderShortHelp } from "./help.ts";
import { createIo, type Io, PLAIN_IO } from "./io.ts";
import type { FlagValues } from "./flag_values.ts";

/** Runs one command line and gives the exit code. Never throws; problems are on stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  const first = argv[0];
  try {
    if (argv.length <= 1 && (first === undefined || first === "--help" || first === "-h")) return showHelp(first);
    return await dispatch(argv);
  } catch (error) {
    return await explainFailure(error, argv);
  }
}

function showHelp(word: string | undefined): number {
  const io = createIo(PLAIN_IO);
  const text = (word === "--help" ? renderLongHelp() : renderShortHelp()) + "\n";
  if (word !== undefined || io.stdout.isTerminal) {
    io.stdout.writeSync(text);
    return ExitCode.ok;
  }
  io.stderr.writeSync(text);
  return ExitCode.usage;
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [{ parseArgv }, usage] = await Promise.all([import("./parse.ts"), import("./usage.ts")]);
  const parsed = parseArgv(argv, COMMANDS);
  if ("kind" in parsed) throw usage.usageError(usage.explainProblem(parsed, argv));
  const { command, given } = parsed;
  if (given.has("help") || given.has("short-help")) return writeHelp(command, given.has("help"));
  if (command === undefined) return await withoutCommand(parsed.args[0], given.has("version"));
  const flags = usage.checkCall(parsed, (name) => Deno.env.get(name));
  const io = createIo(toIoOptions(flags));
  answerLater(command, flags, io);
  // Those of `help` print no findings, but for the configuration's.
  if (command.group !== "help" || command.id === "config") await loadMask();
  const action = await command.load();
  return await action.run({ command, flags, args: parsed.args, childArgv: parsed.childArgv, io });
}

function writeHelp(command: Command | undefined, isLong: boolean): number {
  const text = command === undefined
    ? isLong ? renderLongHelp() : renderShortHelp()
    : renderCommandHelp(command, isLong);
  createIo(PLAIN_IO).stdout.writeSync(text + "\n");
  return ExitCode.ok;
}

async function withoutCommand(word: string | undefined, isVersion: boolean): Promise<number> {
  if (word === undefined && isVersion) return await main(["version"]);
  if (word === undefined) return showHelp(undefined);
  const { explainUnknownCommand, usageError } = await import("./usage.ts");
  throw usageError(explainUnknownCommand(word, COMMANDS, LATER_COMMANDS));
}

function toIoOptions(flags: FlagValues) {
  const color = flags.text("color");
  return {
    color: color === "always" || color === "never" ? color : "auto",
    isQuiet: flags.isOn("quiet"),
    verbosity: flags.number("verbose") ?? 0,
    showsProgress: flags.isOn("progress") && Deno.env.get("ACCESSIBLE") !== "1",
  } as const;
}

function answerLater(command: Command, flags: FlagValues, io: Io): void {
  const given = command.flags.filter((flag) => flag.later !== undefined && flags.isGiven(flag.name));
  const refused = given.filter((flag) => flag.later?.answer === "refuse");
  if (refused.length > 0) throw new FindingError(refused.map((flag) => toLaterFinding(flag, command)), ExitCode.usage);
  const subjects = new Map(given.toReversed().map((flag) => [flag.later?.subject, flag]));
  if (!io.isQuiet) writeFindings(io.stderr, [...subjects.values()].map((flag) => toLaterFinding(flag, command)));
}

function toLaterFinding(flag: Flag, command: Command): Finding {
  const isRefused = flag.later?.answer === "refuse";
  return {
    code: "OISP-CLI-010",
    severity: isRefused ? "error" : "warning",
    what: `${flag.later?.subject} is not in this version (--${flag.name})`,
    why: isRefused ? "going on without it would look like success" : "everything else goes on without it",
    fix: isRefused ? `leave --${flag.name} out` : `oisp help ${command.id}   lists what is`,
  };
}
