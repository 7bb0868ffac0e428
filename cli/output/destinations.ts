/** From flags and terminal to opened destinations. */
import type { Destination } from "../../core/pipeline/outlets.ts";
import type { RedactedEvent, RedactionMode } from "../../core/model/oisp_event.ts";
import { type Finding, FindingError } from "../../core/model/finding.ts";
import { ExitCode } from "../exit_codes.ts";
import type { Io } from "../io.ts";
import { renderEventLine } from "../term/event_line.ts";
import { LineStream } from "./line_stream.ts";
import { type CallerFiles, openOutputFile, type OutputFile } from "./output_file.ts";

/** Gives an event as its JSON line. */
export function toJsonLine(event: RedactedEvent): string {
  return JSON.stringify(event);
}

/** What happens when standard output ends before the events do. */
export interface StdoutEnd {
  /** The reader is gone: nothing more needs to be made. */
  onBrokenPipe(): void;
}

/** Creates the destination that writes to standard output: JSON lines, or lines for a person. */
export function createStdoutDestination(
  io: Io,
  mode: RedactionMode,
  form: "json" | "lines",
  end: StdoutEnd,
): Destination {
  const { stdout } = io;
  const render = form === "json"
    ? toJsonLine
    : (event: RedactedEvent) => renderEventLine(event, { hasColor: stdout.hasColor, columns: stdout.columns() });
  const handle = new LineStream({
    target: { write: (bytes) => stdout.write(bytes), close() {} },
    render,
    onEnd: () => end.onBrokenPipe(),
  });
  return { name: "stdout", mode, handle };
}

/** Creates the destination of an opened file. */
export function createFileDestination(
  file: OutputFile,
  mode: RedactionMode,
  onFailure: (finding: Finding) => void,
): Destination {
  const handle: LineStream = new LineStream({
    target: file,
    render: toJsonLine,
    onEnd: () =>
      onFailure({
        code: "OISP-OUT-003",
        severity: "error",
        what: `Cannot go on writing ${JSON.stringify(file.path)}: ${handle.health().lastError ?? "writing failed"}`,
        why: "what follows is counted as dropped",
        fix: "make room, then start again; the file ends with a whole or one partial line",
      }),
  });
  return { name: file.path, mode, handle };
}

const EVENT_FILE_MODE = 0o600;

/** Opens `-o FILE`. @throws {FindingError} with exit code 73 */
export function openEventFile(
  path: string,
  isAppended: boolean,
  callerFiles: CallerFiles | undefined,
): Promise<OutputFile> {
  return openOutputFile(path, { isAppended, mode: EVENT_FILE_MODE }, callerFiles);
}

/** Refuses two destinations on one stream or file. @throws {FindingError} */
export function refuseSame(paths: readonly string[]): void {
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice === undefined) return;
  throw new FindingError([{
    code: "OISP-CLI-009",
    severity: "error",
    what: `Cannot write to ${JSON.stringify(twice)} twice`,
    fix: "give each output a file of its own",
  }], ExitCode.usage);
}
