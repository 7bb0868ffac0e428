import { FindingError } from "../core/model/finding.ts";
import { loadMask, toFindingJson, writeFindings } from "./errors.ts";
import { ExitCode } from "./exit_codes.ts";
import { createIo, type Io, PLAIN_IO } from "./io.ts";
import type { ColorMode } from "./term/color.ts";

/**
 * Says on stderr why a command ended, and gives the exit code. Never throws. `argv` tells how it wants to be told: `--json` also
 * puts findings on stdout.
 */
export async function explainFailure(error: unknown, argv: readonly string[]): Promise<number> {
  await loadMask();
  const io = createIo({ ...PLAIN_IO, color: colorOf(argv) });
  if (error instanceof Deno.errors.BrokenPipe) return ExitCode.ok;
  if (isOutputFull(error)) return explainFullOutput(error, io);
  if (!(error instanceof FindingError)) return explainBug(error, io);
  if (argv.includes("--json")) {
    io.stdout.writeSync(JSON.stringify({ findings: error.findings.map(toFindingJson) }) + "\n");
  }
  writeFindings(io.stderr, error.findings);
  return error.exitCode;
}

/** What a system says of a disk or device that takes no more, wherever stdout leads. */
const FULL_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "EIO", "EFBIG"];

function isOutputFull(error: unknown): error is Error {
  return error instanceof Error && "code" in error && FULL_CODES.includes(error.code);
}

function explainFullOutput(error: Error, io: Io): number {
  writeFindings(io.stderr, [{
    code: "OISP-OUT-003",
    severity: "error",
    what: `Cannot write everything: ${error.message}`,
    fix: "make room, then start again",
  }]);
  return ExitCode.io;
}

function explainBug(error: unknown, io: Io): number {
  const detail = error instanceof Error ? error.stack ?? error.message : String(error);
  // A stack holds file names and our own words; a message may hold input, so it is cut.
  writeFindings(io.stderr, [{
    code: "OISP-BUG-001",
    severity: "error",
    what: "Cannot go on: a bug in oisp",
    why: io.verbosity > 0 || Deno.env.get("OISP_VERBOSE") !== undefined
      ? detail
      : detail.split("\n")[0]?.slice(0, 300) ?? "",
    fix: "repeat with OISP_VERBOSE=1 and report what it prints",
  }]);
  return ExitCode.bug;
}

function colorOf(argv: readonly string[]): ColorMode {
  const text = argv.find((word) => word.startsWith("--color="))?.slice("--color=".length);
  return text === "always" || text === "never" ? text : "auto";
}

/**
 * The last resort: an error that nobody waited for ends the program with a message, too. The runtime's own would have the text
 * unmasked, and the one executable has none.
 */
export function explainStrays(argv: readonly string[], exit: (code: number) => void): void {
  const end = async (event: Event, error: unknown) => {
    event.preventDefault();
    exit(await explainFailure(error, argv));
  };
  globalThis.addEventListener("unhandledrejection", (event) => void end(event, event.reason));
  globalThis.addEventListener("error", (event) => void end(event, event.error));
}
