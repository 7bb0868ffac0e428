/**
 * Completion scripts of bash, zsh and fish, made from the command table. They are static: completing starts no program and
 * needs nothing but the shell.
 */
import type { Argument, Command, Flag } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { GLOBAL_FLAGS, VERSION_FLAG } from "./global_flags.ts";

/** A shell that completions exist for. */
export type Shell = "bash" | "zsh" | "fish";

const TOPICS = [...COMMANDS.map((command) => command.id), "exit-codes", "filter", "environment", "codes"];

function flagsOf(command: Command): readonly Flag[] {
  return [...command.flags.filter((flag) => flag.later === undefined), ...GLOBAL_FLAGS];
}

function flagWords(flag: Flag): string[] {
  const long = flag.isOnByDefault === true ? `--no-${flag.name}` : `--${flag.name}`;
  return flag.short === undefined ? [long] : [`-${flag.short}`, long];
}

function argumentWords(command: Command): string[] {
  if (command.id === "help") return TOPICS;
  return [...(command.args[0]?.value.choices ?? [])];
}

function takesFile(spec: { readonly kind: string } | undefined): boolean {
  return spec?.kind === "file";
}

/** Quotes for a shell's single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function renderBashValues(command: Command): string[] {
  const valued = flagsOf(command).filter((flag) => flag.value !== undefined);
  return valued.map((flag) => {
    const names = flagWords(flag).join("|");
    const choices = flag.value?.choices;
    if (choices !== undefined) {
      return `        ${names}) COMPREPLY=($(compgen -W ${quote(choices.join(" "))} -- "$cur")); return ;;`;
    }
    if (takesFile(flag.value)) {
      return `        ${names}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); return ;;`;
    }
    return `        ${names}) COMPREPLY=(); return ;;`;
  });
}

function renderBashCommand(command: Command): string {
  const words = [...flagsOf(command).flatMap(flagWords), ...argumentWords(command)];
  const hasFiles = command.args.some((argument) => takesFile(argument.value));
  return [
    `    ${command.id})`,
    `      case "$prev" in`,
    ...renderBashValues(command),
    `      esac`,
    `      COMPREPLY=($(compgen -W ${quote(words.join(" "))} -- "$cur"))`,
    ...(hasFiles ? [`      [[ $cur == -* ]] || { compopt -o filenames; COMPREPLY+=($(compgen -f -- "$cur")); }`] : []),
    `      ;;`,
  ].join("\n");
}

function renderBash(): string {
  const names = COMMANDS.map((command) => command.id);
  const globals = [...GLOBAL_FLAGS, VERSION_FLAG].flatMap(flagWords);
  return `# bash completion of oisp
_oisp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} == -- ]]; then
      # What follows belongs to another program.
      if declare -F _command_offset >/dev/null; then _command_offset $((i + 1)); else
        if ((COMP_CWORD == i + 1)); then COMPREPLY=($(compgen -c -- "$cur")); else compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); fi
      fi
      return
    fi
    case \${COMP_WORDS[i]} in ${names.join("|")}) [[ -z $command ]] && command=\${COMP_WORDS[i]} ;; esac
  done
  case "$command" in
    "") COMPREPLY=($(compgen -W ${quote([...names, ...globals].join(" "))} -- "$cur")) ;;
${COMMANDS.map(renderBashCommand).join("\n")}
  esac
}
complete -F _oisp oisp oisp-sensor
`;
}

function escapeZsh(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("[", "\\[").replaceAll("]", "\\]").replaceAll(":", "\\:");
}

function zshAction(
  spec: { readonly name: string; readonly kind: string; readonly choices?: readonly string[] },
): string {
  if (spec.choices !== undefined) return `:${spec.name}:(${spec.choices.join(" ")})`;
  return takesFile(spec) ? `:${spec.name}:_files` : `:${spec.name}: `;
}

function renderZshFlag(flag: Flag): string[] {
  const repeat = flag.repeatable === true ? "*" : "";
  const action = flag.value === undefined ? "" : zshAction(flag.value);
  return flagWords(flag).map((word) => `      ${quote(`${repeat}${word}[${escapeZsh(flag.summary)}]${action}`)}`);
}

function renderZshArgument(command: Command, argument: Argument): string {
  const choices = command.id === "help" ? TOPICS : argument.value.choices;
  const action = zshAction(choices === undefined ? argument.value : { ...argument.value, choices });
  return `      ${quote(argument.isRepeatable === true ? `*${action}` : action)}`;
}

function renderZshCommand(command: Command): string {
  const parts = [
    ...flagsOf(command).flatMap(renderZshFlag),
    ...command.args.map((argument) => renderZshArgument(command, argument)),
    ...(command.takesCommand === true ? ["      '(-)*:: :_normal'"] : []),
  ];
  return `    ${command.id})\n    _arguments -s \\\n${parts.join(" \\\n")}\n      ;;`;
}

function renderZsh(): string {
  const commands = COMMANDS.map((command) => `    ${quote(`${command.id}:${escapeZsh(command.summary)}`)}`);
  return `#compdef oisp oisp-sensor
_oisp() {
  local -a commands
  commands=(
${commands.join("\n")}
  )
  local context state line
  _arguments -C \\
${[...GLOBAL_FLAGS, VERSION_FLAG].flatMap(renderZshFlag).join(" \\\n")} \\
    '1: :->command' '*:: :->rest' && return
  if [[ $state == command ]]; then _describe -t commands command commands; return; fi
  case $line[1] in
${COMMANDS.map(renderZshCommand).join("\n")}
  esac
}
if [ "$funcstack[1]" = _oisp ]; then _oisp "$@"; else compdef _oisp oisp oisp-sensor; fi
`;
}

function renderFishFlag(flag: Flag, condition: string): string {
  const name = flag.isOnByDefault === true ? `no-${flag.name}` : flag.name;
  const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
  const choices = flag.value?.choices === undefined ? "" : ` -a ${quote(flag.value.choices.join(" "))}`;
  const value = flag.value === undefined ? "" : takesFile(flag.value) ? " -rF" : ` -x${choices}`;
  return `complete -c oisp${condition} -l ${name}${short}${value} -d ${quote(flag.summary)}`;
}

function renderFishCommand(command: Command): string[] {
  const condition = ` -n '__fish_seen_subcommand_from ${command.id}'`;
  const words = argumentWords(command);
  const hasFiles = command.args.some((argument) => takesFile(argument.value));
  return [
    `complete -c oisp -n __fish_use_subcommand -a ${command.id} -d ${quote(command.summary)}`,
    ...flagsOf(command).filter((flag) => !GLOBAL_FLAGS.includes(flag)).map((flag) => renderFishFlag(flag, condition)),
    ...(words.length === 0 ? [] : [`complete -c oisp${condition} -a ${quote(words.join(" "))}`]),
    ...(hasFiles ? [`complete -c oisp${condition} -F`] : []),
    ...(command.takesCommand === true ? [`complete -c oisp${condition} -xa '(__fish_complete_subcommand)'`] : []),
  ];
}

function renderFish(): string {
  return [
    "# fish completion of oisp",
    "complete -c oisp -f",
    ...[...GLOBAL_FLAGS, VERSION_FLAG].map((flag) => renderFishFlag(flag, "")),
    ...COMMANDS.flatMap(renderFishCommand),
    "complete -c oisp-sensor -w oisp",
  ].join("\n") + "\n";
}

const RENDERERS: Readonly<Record<Shell, () => string>> = { bash: renderBash, zsh: renderZsh, fish: renderFish };

/** Gives the script of a shell. */
export function renderCompletions(shell: Shell): string {
  return RENDERERS[shell]();
}
