/** From argv to a checked call: flags from the command line, then from the environment; every problem becomes a finding. */
import type { Finding } from "../core/model/finding.ts";
import { FindingError } from "../core/model/finding.ts";
import { findNearest } from "../core/model/nearest.ts";
import type { Argument, Command, Flag } from "./command.ts";
import { ExitCode } from "./exit_codes.ts";
import { type FlagValue, FlagValues } from "./flag_values.ts";
import { GLOBAL_FLAGS, VERSION_FLAG } from "./global_flags.ts";
import { type ArgvProblem, type ParsedArgv } from "./parse.ts";
import { checkValue } from "./values.ts";

/** A usage problem as an error that ends the program with 64. */
export function usageError(...findings: Finding[]): FindingError {
  return new FindingError(findings, ExitCode.usage);
}

function finding(code: string, what: string, fix: string, why?: string): Finding {
  return { code, severity: "error", what, fix, ...(why === undefined ? {} : { why }) };
}

/** Gives the flags that a command understands; those of the program alone when there is no command. */
export function flagsOf(command: Command | undefined): readonly Flag[] {
  return command === undefined ? [...GLOBAL_FLAGS, VERSION_FLAG] : [...command.flags, ...GLOBAL_FLAGS];
}

function flagWords(flags: readonly Flag[]): string[] {
  return flags.flatMap((flag) => flag.isOnByDefault ? [`--${flag.name}`, `--no-${flag.name}`] : [`--${flag.name}`]);
}

/** Gives the finding for what the parser refused. */
export function explainProblem(problem: ArgvProblem, argv: readonly string[]): Finding {
  const { command, word } = problem;
  const helpLine = command === undefined ? "oisp --help" : `oisp ${command.id} --help`;
  if (problem.kind === "missingValue") {
    return finding(
      "OISP-CLI-003",
      `Cannot use flag "${word}": its value is missing`,
      `${helpLine}   lists what it takes`,
    );
  }
  if (problem.kind === "other") return finding("OISP-CLI-001", `Cannot read the command line: ${word}`, helpLine);
  const separatorProblem = command?.takesCommand === true ? explainCommandInHead(command, argv) : undefined;
  if (separatorProblem !== undefined) return separatorProblem;
  const nearest = findNearest(word, flagWords(flagsOf(command)));
  const place = command === undefined ? "before a command" : `for "${command.id}"`;
  const fix = nearest === undefined ? helpLine : `${nearest}   (${helpLine})`;
  return finding("OISP-CLI-002", `Cannot use flag "${word}": it is not known ${place}`, fix);
}

/** A word without dashes before an unknown flag, and no `--`: most likely the command to run. */
function explainCommandInHead(command: Command, argv: readonly string[]): Finding | undefined {
  if (argv.includes("--")) return undefined;
  const words = argv.slice(argv.indexOf(command.id) + 1);
  const start = words.findIndex((text, i) => !text.startsWith("-") && !takesValue(command, words[i - 1]));
  return start < 0 ? undefined : explainMissingSeparator(command, words[start] ?? "", words.slice(start));
}

function takesValue(command: Command, word: string | undefined): boolean {
  const flag = flagsOf(command).find((entry) => word === `--${entry.name}` || word === `-${entry.short}`);
  return flag?.value !== undefined;
}

function explainMissingSeparator(command: Command, word: string, words: readonly string[] = []): Finding {
  const line = words.length > 0 && words.every((text) => /^[\w./:=@%+,-]+$/.test(text))
    ? words.join(" ")
    : "CMD ARG...";
  return finding(
    "OISP-CLI-006",
    `Cannot tell where the command begins: "${word}" stands without -- before it`,
    `oisp ${command.id} [flags] -- ${line}`,
    "everything after -- belongs to the command and is passed on unchanged",
  );
}

/** Gives the finding for a word that is no command. */
export function explainUnknownCommand(word: string, commands: readonly Command[], later: readonly string[]): Finding {
  if (later.includes(word)) {
    return finding("OISP-CLI-010", `Cannot run "${word}": it is not in this version`, "oisp --help   lists what is");
  }
  const nearest = findNearest(word, commands.map((command) => command.id));
  const fix = nearest === undefined
    ? "oisp --help   lists the commands"
    : `oisp ${nearest}   (oisp --help lists the commands)`;
  return finding("OISP-CLI-004", `Cannot run "${word}": there is no such command`, fix);
}

function checkArgs(parsed: ParsedArgv, command: Command): Finding[] {
  if (command.takesCommand === true && parsed.args.length > 0) {
    return [explainMissingSeparator(command, parsed.args[0] ?? "", parsed.args)];
  }
  if (command.takesCommand === true && (parsed.childArgv[0] ?? "") === "") {
    return [
      finding(
        "OISP-CLI-005",
        "Cannot run a command: there is none after --",
        "oisp run -o calls.jsonl -- python3 agent.py",
      ),
    ];
  }
  const required = command.args.filter((argument) => argument.isOptional !== true);
  const missing = required[parsed.args.length];
  const help = `oisp ${command.id} --help`;
  if (missing !== undefined) {
    return [
      finding(
        "OISP-CLI-005",
        `Cannot run "${command.id}": ${missing.value.name} is missing (${missing.summary})`,
        help,
      ),
    ];
  }
  const last: Argument | undefined = command.args.at(-1);
  const surplus = last?.isRepeatable === true ? undefined : parsed.args[command.args.length];
  if (surplus !== undefined) {
    return [finding("OISP-CLI-005", `Cannot run "${command.id}": "${surplus}" is one argument too many`, help)];
  }
  return parsed.args.flatMap((text, i) => {
    const spec = (command.args[i] ?? last)?.value;
    const checked = spec === undefined ? undefined : checkValue(spec, text);
    if (checked === undefined || !("problem" in checked)) return [];
    return [finding("OISP-CLI-005", `Cannot use ${spec?.name} of "${command.id}": ${checked.problem}`, checked.fix)];
  });
}

/** Name of the variable that stands for a flag. */
export function toVariable(flag: Flag): string {
  return `OISP_${flag.name.toUpperCase().replaceAll("-", "_")}`;
}

/** True for flags that may come from the environment: one value or a switch, and of this version. */
export function hasVariable(flag: Flag): boolean {
  return flag.later === undefined && flag.repeatable !== true && !["help", "version"].includes(flag.name);
}

const SWITCH_WORDS: Record<string, boolean> = {
  "1": true,
  true: true,
  yes: true,
  on: true,
  "0": false,
  false: false,
  no: false,
  off: false,
};

function readVariable(flag: Flag, text: string): FlagValue | Finding {
  if (flag.value === undefined) {
    const isOn = SWITCH_WORDS[text.toLowerCase()];
    if (isOn !== undefined) return isOn;
    return finding("OISP-CLI-007", `Cannot use variable "${toVariable(flag)}": it is "${text}"`, "1 or 0");
  }
  const checked = checkValue(flag.value, text);
  if ("value" in checked) return checked.value;
  return finding("OISP-CLI-007", `Cannot use variable "${toVariable(flag)}": ${checked.problem}`, checked.fix);
}

function readGiven(flag: Flag, texts: readonly string[], problems: Finding[]): FlagValue | undefined {
  if (flag.value === undefined) return flag.repeatable === true ? texts.length : texts.at(-1) === "true";
  const values: (string | number)[] = [];
  for (const text of texts) {
    const checked = checkValue(flag.value, text);
    if ("value" in checked) values.push(checked.value);
    else problems.push(finding("OISP-CLI-007", `Cannot use value of --${flag.name}: ${checked.problem}`, checked.fix));
  }
  if (flag.repeatable !== true) return values.at(-1);
  return values.every((value) => typeof value === "number") ? values : values.map(String);
}

/** Checks flags and arguments of a call. @throws {FindingError} with every problem found; exit code 64. */
export function checkCall(parsed: ParsedArgv, env: (name: string) => string | undefined): FlagValues {
  const problems = parsed.command === undefined ? [] : checkArgs(parsed, parsed.command);
  const values = new Map<string, FlagValue>();
  const origins = new Map<string, string>();
  for (const flag of flagsOf(parsed.command)) {
    const texts = parsed.given.get(flag.name);
    const text = texts === undefined && hasVariable(flag) ? env(toVariable(flag)) : undefined;
    if (texts !== undefined) {
      const value = readGiven(flag, texts, problems);
      if (value !== undefined) values.set(flag.name, value);
      origins.set(flag.name, `--${flag.name}`);
    } else if (text !== undefined && text !== "") {
      const value = readVariable(flag, text);
      if (typeof value === "object" && "code" in value) problems.push(value);
      else values.set(flag.name, value);
      origins.set(flag.name, toVariable(flag));
    } else if (flag.isOnByDefault === true) {
      values.set(flag.name, true);
    }
  }
  if (problems.length > 0) throw usageError(...problems);
  return new FlagValues(values, origins);
}
