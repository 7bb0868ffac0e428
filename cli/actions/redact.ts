import { type InputFrom, openByteInput } from "../../core/capture/byte_input.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import type { Invocation } from "../command.ts";
import { writeFindings } from "../errors.ts";
import { ExitCode } from "../exit_codes.ts";
import { loadSettings, warnAboutFull } from "../offline.ts";
import { findCallerFiles, findCallerInput } from "../output/caller_files.ts";
import { openOutputFile, writeFully } from "../output/output_file.ts";
import { openStreamOutput, writeToStream } from "../output/stream_output.ts";
import { readInstallationKey } from "../output/state_folder.ts";
import { type LineForm, LineRedactor } from "../redact_lines.ts";
import { usageError } from "../usage.ts";

const BLOCK_BYTES = 256 * 1024;

type Write = (text: string) => Promise<void>;

function toForm(text: string | undefined): LineForm {
  return text === "events" || text === "text" ? text : "auto";
}

async function openWriter(invocation: Invocation): Promise<{ write: Write; close(): void }> {
  const { io, flags } = invocation;
  const path = flags.text("output") ?? "-";
  const callerFiles = findCallerFiles(io.env);
  const stream = await openStreamOutput(path, io, callerFiles);
  if (stream !== undefined) return { write: (text) => writeToStream(stream, text), close: () => stream.close() };
  const file = await openOutputFile(path, { isAppended: flags.isOn("append"), mode: 0o600 }, callerFiles);
  return { write: (text) => Promise.resolve(writeFully(file, text)), close: () => file.close() };
}

async function copyRedacted(from: InputFrom, lines: LineRedactor, write: Write): Promise<void> {
  const input = await openByteInput(from);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(BLOCK_BYTES);
  try {
    for (let count = await input.read(buffer); count !== null; count = await input.read(buffer)) {
      const text = lines.push(decoder.decode(buffer.subarray(0, count), { stream: true }));
      if (text !== "") await write(text);
    }
    await write(lines.push(decoder.decode()) + lines.close());
  } finally {
    input.close();
  }
}

/** Redacts events or text from a file or standard input. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, flags, args } = invocation;
  if (args[0] === undefined && io.stdinIsTerminal) {
    throw usageError({
      code: "OISP-CLI-005",
      severity: "error",
      what: 'Cannot run "redact": FILE is missing, and standard input is a terminal',
      fix: "oisp redact < server.log",
    });
  }
  const { mode } = loadSettings(invocation).redaction;
  warnAboutFull(invocation, [mode]);
  const hashKey = readInstallationKey(io.env);
  const redactor = createRedactor({ modes: [mode], ...(hashKey === undefined ? {} : { hashKey }) });
  const lines = new LineRedactor(redactor, toForm(flags.text("as")));
  const from = await findCallerInput(args[0] ?? "-", io.env);
  const writer = await openWriter(invocation);
  try {
    await copyRedacted(from, lines, writer.write);
  } finally {
    writer.close();
  }
  if (lines.badLineCount === 0) return ExitCode.ok;
  writeFindings(io.stderr, [{
    code: "OISP-IN-007",
    severity: "error",
    what: lines.badLineCount === 1
      ? `Cannot redact line ${lines.badLines[0]} as an event`
      : `Cannot redact ${lines.badLineCount} lines as events: the first are lines ${lines.badLines.join(", ")}`,
    why: "they are left out, because --as events was given",
    fix: "--as auto",
  }]);
  return ExitCode.dataDamaged;
}
