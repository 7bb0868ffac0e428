/** The only file that knows commander: argv in, texts of flags and arguments out. Help, errors and checks are ours. */
import { Command as Parser, CommanderError, Option } from "commander";
import type { Command, Flag } from "./command.ts";
import { GLOBAL_FLAGS, VERSION_FLAG } from "./global_flags.ts";

/** What the command line says, values unchecked. */
export interface ParsedArgv {
  /** Undefined when no known command was named; then `args[0]` is the unknown word, if any. */
  readonly command: Command | undefined;
  /** Flag name to its texts in order; a switch has `"true"` or `"false"` for each time it was given. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** Positional arguments. */
  readonly args: readonly string[];
  /** Everything after the first `--`, for commands that take one. */
  readonly childArgv: readonly string[];
  readonly hasSeparator: boolean;
}

/** What commander refused. */
export interface ArgvProblem {
  readonly kind: "unknownFlag" | "missingValue" | "other";
  /** The flag as typed, or commander's own words. */
  readonly word: string;
  readonly command: Command | undefined;
}

type Given = Map<string, string[]>;

function addFlag(parser: Parser, flag: Flag, given: Given): void {
  const note = (text: string) => given.set(flag.name, [...(given.get(flag.name) ?? []), text]);
  const names = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  parser.addOption(new Option(flag.value === undefined ? names : `${names} <${flag.value.name}>`));
  parser.on(`option:${flag.name}`, (text: string | null) => note(text ?? "true"));
  if (!flag.isOnByDefault) return;
  parser.addOption(new Option(`--no-${flag.name}`));
  parser.on(`option:no-${flag.name}`, () => note("false"));
}

function createParser(name: string, flags: readonly Flag[], given: Given): Parser {
  const parser = new Parser(name).helpOption(false).helpCommand(false).exitOverride();
  parser.configureOutput({ writeErr: () => {}, writeOut: () => {} }).showSuggestionAfterError(false);
  parser.argument("[words...]").allowExcessArguments(true);
  for (const flag of flags) addFlag(parser, flag, given);
  // `-h` and `--help` differ in length, so they are two options for the parser.
  parser.addOption(new Option("-h"));
  parser.on("option:h", () => given.set("short-help", ["true"]));
  return parser;
}

function toProblem(error: CommanderError, command: Command | undefined): ArgvProblem {
  const word = /'([^']*)'/.exec(error.message)?.[1] ?? error.message.replace(/^error: /, "");
  if (error.code === "commander.unknownOption") return { kind: "unknownFlag", word, command };
  if (error.code !== "commander.optionMissingArgument") return { kind: "other", word, command };
  return { kind: "missingValue", word: /--[a-z-]+/.exec(word)?.[0] ?? word, command };
}

function withoutHelp(flags: readonly Flag[]): Flag[] {
  return flags.map((flag) => flag.name === "help" ? { name: "help", summary: flag.summary } : flag);
}

/** Parses argv against the table. Words after the first `--` are never looked at. */
export function parseArgv(argv: readonly string[], commands: readonly Command[]): ParsedArgv | ArgvProblem {
  const separator = argv.indexOf("--");
  const head = separator < 0 ? argv : argv.slice(0, separator);
  const tail = separator < 0 ? [] : argv.slice(separator + 1);
  const given: Given = new Map();
  const globals = withoutHelp(GLOBAL_FLAGS);
  let args: readonly string[] = [];
  let command: Command | undefined;
  const program = createParser("oisp", [...globals, VERSION_FLAG], given).action((words: string[]) =>
    void (args = words)
  );
  for (const entry of commands) {
    const parser = createParser(entry.id, entry.flags, given);
    parser.hook("preSubcommand", () => void (command = entry));
    parser.action((words: string[]) => {
      command = entry;
      args = words;
    });
    program.addCommand(parser);
  }
  try {
    program.parse([...head], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return toProblem(error, commands.find((entry) => head.includes(entry.id)));
  }
  const isChild = command?.takesCommand === true;
  return {
    command,
    given,
    args: isChild ? args : [...args, ...tail],
    childArgv: isChild ? tail : [],
    hasSeparator: separator >= 0,
  };
}
