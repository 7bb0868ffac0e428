/** What a tool call asks for that can be seen from outside: commands to run, files to read or write. */
import type { ToolKind } from "./tool_kind.ts";

/** Commands and paths as the arguments have them. */
export interface CallTarget {
  readonly commands: readonly string[];
  readonly paths: readonly string[];
  /** The directory the call names for its command. */
  readonly workdir?: string;
  /** The call writes its paths. */
  readonly isWriting: boolean;
}

/** Names that agents give the arguments with a path, a patch or a directory. */
const PATH_NAMES = ["file_path", "filePath", "path", "filename", "absolute_path", "notebook_path", "target_file"];
const PATCH_NAMES = ["patch", "patchText", "input"];
const WORKDIR_NAMES = ["workdir", "cwd", "working_directory", "directory"];
const COMMAND_NAMES = ["command", "cmd", "script"];

const MOST_PATHS = 64;
const PATCH_PATH = /^\*\*\* (?:(?:Update|Add|Delete) File|Move to): (.+)$/gm;
const PATCH_BEGIN = "*** Begin Patch";

/** Gives what a call asks for; undefined for kinds of tools that run no command and touch no file. */
export function readTarget(kind: ToolKind | undefined, args: unknown): CallTarget | undefined {
  if (kind === "shell") {
    const commands = readCommands(args);
    const workdir = readName(args, WORKDIR_NAMES);
    const paths = commands.flatMap(readPatchPaths);
    return { commands, paths, isWriting: paths.length > 0, ...(workdir !== undefined && { workdir }) };
  }
  if (kind !== "file_read" && kind !== "file_write" && kind !== "file_edit") return undefined;
  const patch = typeof args === "string" ? args : readName(args, PATCH_NAMES);
  const path = readName(args, PATH_NAMES);
  return {
    // An agent may hand a patch to a program of its own as one argument.
    commands: patch?.includes(PATCH_BEGIN) === true ? [patch.trim()] : [],
    paths: path === undefined ? readPatchPaths(patch ?? "") : [path],
    isWriting: kind !== "file_read",
  };
}

/** The commands of a tool call's arguments, each as one text; several only where the format runs them one by one. */
export function readCommands(args: unknown): string[] {
  if (typeof args === "string") return toFilled(args);
  if (!isRecord(args)) return [];
  for (const name of COMMAND_NAMES) {
    const value = args[name];
    if (typeof value === "string") return toFilled(value);
    if (Array.isArray(value)) return joinWords(value.filter((word) => typeof word === "string"));
  }
  const { commands } = args;
  if (typeof commands === "string") return toFilled(commands);
  return Array.isArray(commands) ? commands.filter((command) => typeof command === "string").flatMap(toFilled) : [];
}

function joinWords(words: readonly string[]): string[] {
  // ["bash", "-lc", "make test"]: the last word is the command itself.
  if (words.length === 3 && /^-\w*c$/.test(words[1] ?? "")) return toFilled(words[2] ?? "");
  return toFilled(words.join(" "));
}

function toFilled(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === "" ? [] : [trimmed];
}

/** The files that the text of a patch names. */
function readPatchPaths(text: string): string[] {
  if (!text.includes(PATCH_BEGIN)) return [];
  return Array.from(text.matchAll(PATCH_PATH), (match) => (match[1] ?? "").trim()).slice(0, MOST_PATHS);
}

function readName(args: unknown, names: readonly string[]): string | undefined {
  if (!isRecord(args)) return undefined;
  for (const name of names) {
    const value = args[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
