import { TEXT_SOURCES } from "../../core/capture/registry.ts";
import type { Invocation } from "../command.ts";
import { runOffline } from "../offline.ts";
import { findCallerInput } from "../output/caller_files.ts";
import { usageError } from "../usage.ts";

function findFormat(invocation: Invocation, path: string): string {
  const format = invocation.flags.text("from") ?? (path.endsWith(".har") ? "har" : undefined);
  if (format !== undefined) return format;
  throw usageError({
    code: "OISP-CLI-003",
    severity: "error",
    what: `Cannot decode ${JSON.stringify(path)}: --from is missing`,
    why: "the name does not say what the file is",
    fix: `oisp decode --from ${TEXT_SOURCES.map((source) => source.id).join("|")} ${path}`,
  });
}

function findPath({ args, io }: Invocation): string {
  const path = args[0] ?? "-";
  if (path !== "-" || args[0] === "-" || !io.stdinIsTerminal) return path;
  throw usageError({
    code: "OISP-CLI-005",
    severity: "error",
    what: 'Cannot run "decode": FILE is missing, and standard input is a terminal',
    fix: "oisp decode --from har session.har",
  });
}

/** Makes events from exchanges, HAR files or captured bytes as text. */
export function run(invocation: Invocation): Promise<number> {
  const path = findPath(invocation);
  const format = findFormat(invocation, path);
  const source = TEXT_SOURCES.find((entry) => entry.id === format);
  // The command table allows registered formats only; a test compares the two.
  if (source === undefined) throw new TypeError(`Cannot decode "${format}"`);
  return runOffline(
    invocation,
    async () => source.open({ from: await findCallerInput(path, invocation.io.env) }),
    "json",
  );
}
