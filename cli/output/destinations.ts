/** From flags, configuration and terminal to opened destinations. */
import type { ByteStream, ExporterHandle } from "../../core/export/exporter.ts";
import { EXPORTERS } from "../../core/export/registry.ts";
import { type FileOpener, type OutputFile, processFiles } from "../../core/export/file_opener.ts";
import type { ExportConfig } from "../../core/config/load.ts";
import type { RedactionMode } from "../../core/model/oisp_event.ts";
import { FindingError } from "../../core/model/finding.ts";
import type { Destination } from "../../core/pipeline/outlets.ts";
import { ExitCode } from "../exit_codes.ts";
import type { Io } from "../io.ts";
import { renderEventLine } from "../term/event_line.ts";
import { passOn } from "./filtered.ts";
import { LineStream } from "./line_stream.ts";
import { type CallerFiles, openOutputFile } from "./output_file.ts";
import { openStreamOutput, toOutputName } from "./stream_output.ts";

/** Exporter of `-o` and of JSON lines on standard output. */
const LINES_EXPORTER = "jsonl";
const EVENT_FILE_MODE = 0o600;

function findExporter(id: string) {
  const exporter = EXPORTERS.find((entry) => entry.id === id);
  // Sections of the configuration are made from the same registry.
  if (exporter === undefined) throw new TypeError(`Cannot open destination "${id}": there is no such exporter`);
  return exporter;
}

function toStdout({ stdout }: Io): ByteStream {
  return {
    write: (bytes) => stdout.write(bytes).then(() => bytes.length),
    ...(stdout.isFile ? { writeSync: (bytes: Uint8Array) => (stdout.writeBytesSync(bytes), bytes.length) } : {}),
  };
}

/** A file that is open already stands for its path; what the command line names is never rotated. */
function openedFile(file: OutputFile): FileOpener {
  const refuse = (): never => {
    throw new TypeError("Cannot rename a file of the command line");
  };
  return { openAppend: () => file, openAnew: () => file, rename: refuse, remove: refuse };
}

/** Lines for a person on standard output. */
export function openTerminalLines(io: Io, mode: RedactionMode, onBrokenPipe: () => void): Destination {
  const { stdout } = io;
  const handle = new LineStream({
    target: { write: (bytes) => stdout.write(bytes), close() {} },
    render: (event) => renderEventLine(event, { hasColor: stdout.hasColor, columns: stdout.columns() }),
    onEnd: onBrokenPipe,
  });
  return { name: "terminal", mode, handle };
}

/** JSON lines on standard output. */
export async function openStdout(io: Io, mode: RedactionMode, onBrokenPipe: () => void): Promise<Destination> {
  return { name: "stdout", mode, handle: await openStream(toStdout(io), onBrokenPipe) };
}

async function openStream(stream: ByteStream, onBrokenPipe: () => void): Promise<ExporterHandle> {
  const options = { enabled: true, path: "-" };
  const handle = await findExporter(LINES_EXPORTER).open(options, { files: processFiles, stdout: stream });
  handle.ended?.addEventListener("abort", onBrokenPipe, { once: true });
  return handle;
}

/** An output of the command line for events. */
export interface OutputRequest {
  readonly path: string;
  readonly isAppended: boolean;
  readonly callerFiles: CallerFiles | undefined;
  /** Whoever reads the pipe is gone. */
  readonly onBrokenPipe: () => void;
}

/** What `-o` names, opened. */
export interface OpenedOutput {
  readonly destination: Destination;
  /** `stream`: a pipe, a device or a descriptor, with nothing to be read again. */
  readonly kind: "stdout" | "stream" | "file";
}

/** Opens what `-o` names; `-` is standard output. @throws {FindingError} with exit code 73 */
export async function openOutput(io: Io, mode: RedactionMode, request: OutputRequest): Promise<OpenedOutput> {
  const { path, callerFiles, onBrokenPipe } = request;
  const stream = await openStreamOutput(path, io, callerFiles);
  if (stream === undefined) return { destination: await openFile(io, mode, request), kind: "file" };
  const opened = await openStream(stream, onBrokenPipe);
  const handle = { ...passOn(opened), close: (budgetMs: number) => opened.close(budgetMs).then(() => stream.close()) };
  return stream.isStdout
    ? { destination: { name: "stdout", mode, handle }, kind: "stdout" }
    : { destination: { name: path, mode, handle }, kind: "stream" };
}

/** A file of the command line for events. */
export interface FileRequest {
  readonly path: string;
  readonly isAppended: boolean;
  readonly callerFiles: CallerFiles | undefined;
}

/** Opens a regular file. @throws {FindingError} with exit code 73 */
export async function openFile(io: Io, mode: RedactionMode, request: FileRequest): Promise<Destination> {
  const { path, isAppended, callerFiles } = request;
  const file = await openOutputFile(path, { isAppended, mode: EVENT_FILE_MODE }, callerFiles);
  const options = { enabled: true, path };
  const handle = await findExporter(LINES_EXPORTER).open(options, { files: openedFile(file), stdout: toStdout(io) });
  return { name: path, mode, handle };
}

/** Opens the enabled destinations of the configuration. @throws {FindingError} */
export async function openConfigured(
  io: Io,
  exports: readonly ExportConfig[],
  defaultMode: RedactionMode,
): Promise<Destination[]> {
  const opened: Destination[] = [];
  for (const { id, options, isEnabled } of exports) {
    if (!isEnabled) continue;
    const handle = await findExporter(id).open(options, { files: processFiles, stdout: toStdout(io) });
    const name = typeof options.path === "string" ? `${id}:${options.path}` : id;
    opened.push({ name, mode: toMode(options.redaction) ?? defaultMode, handle });
  }
  return opened;
}

function toMode(value: unknown): RedactionMode | undefined {
  return value === "safe" || value === "masked" || value === "full" || value === "minimal" ? value : undefined;
}

/** What swallows everything may be named as often as one likes. */
const NULL_PATH = "/dev/null";

/** Refuses two outputs to one file or stream. @throws {FindingError} with exit code 64 */
export function refuseSameFile(paths: readonly (string | undefined)[]): void {
  const named = paths.filter((path) => path !== undefined && path !== NULL_PATH).map((path) =>
    toOutputName(path ?? "")
  );
  const twice = named.find((path, i) => named.indexOf(path) !== i);
  if (twice === undefined) return;
  throw new FindingError([{
    code: "OISP-CLI-009",
    severity: "error",
    what: `Cannot write to ${JSON.stringify(twice)} twice`,
    fix: "give each output a file of its own",
  }], ExitCode.usage);
}
