/**
 * Outputs of the command line that are no regular file: the program's own streams and descriptors under their names, pipes with a
 * name, the null device. Ordinary files, and everything else, are the business of `output_file.ts` and its rules.
 */
import type { ByteStream } from "../../core/export/exporter.ts";
import { FindingError } from "../../core/model/finding.ts";
import { ExitCode } from "../exit_codes.ts";
import type { Io, OutputStream } from "../io.ts";
import type { CallerFiles } from "./output_file.ts";

/** An opened output that is no regular file. */
export interface StreamOutput extends ByteStream {
  /** It is standard output under another name. */
  readonly isStdout: boolean;
  /** Releases what was opened; the program's own streams stay open. */
  close(): void;
}

const STREAM_NAMES: Readonly<Record<string, number>> = { "-": 1, "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2 };
const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/;
/** Device numbers whose bytes go nowhere, and the terminal of this process. */
const NULL_DEVICE = 0x103;
const FULL_DEVICE = 0x107;
const OWN_TERMINAL = 0x500;
const WRITE_BITS = { owner: 0o200, group: 0o020, others: 0o002 } as const;

function refuse(path: string, reason: string, fix: string): FindingError {
  const what = `Cannot write ${JSON.stringify(path)}: ${reason}`;
  return new FindingError([{ code: "OISP-OUT-001", severity: "error", what, fix }], ExitCode.cannotCreate);
}

/** Gives the number of the descriptor that a name stands for; undefined for paths. `-` is standard output. */
export function toDescriptor(path: string): number | undefined {
  const number = Object.hasOwn(STREAM_NAMES, path) ? STREAM_NAMES[path] : DESCRIPTOR.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The same text for names of the same stream, so that two outputs to one can be found. */
export function toOutputName(path: string): string {
  const descriptor = toDescriptor(path);
  return descriptor === undefined ? path : descriptor === 1 ? "-" : `/dev/fd/${descriptor}`;
}

function ownStream(stream: OutputStream, isStdout: boolean): StreamOutput {
  return {
    isStdout,
    write: (bytes) => stream.write(bytes).then(() => bytes.length),
    ...(stream.isFile ? { writeSync: (bytes: Uint8Array) => (stream.writeBytesSync(bytes), bytes.length) } : {}),
    close() {},
  };
}

function openedStream(file: Deno.FsFile, canWait: boolean): StreamOutput {
  let isOpen = true;
  return {
    isStdout: false,
    write: (bytes) => file.write(bytes),
    ...(canWait ? {} : { writeSync: (bytes: Uint8Array) => file.writeSync(bytes) }),
    close() {
      if (isOpen) file.close();
      isOpen = false;
    },
  };
}

/**
 * Whether a descriptor that was handed to this program may be written to: the kernel says it by the rights of its link. Undefined
 * when it is not open.
 */
function isWritable(descriptor: number): boolean | undefined {
  try {
    return ((Deno.lstatSync(`/proc/self/fd/${descriptor}`).mode ?? 0) & WRITE_BITS.owner) !== 0;
  } catch {
    return undefined;
  }
}

/** A descriptor above 2, as the shell makes it for `>(command)` and `3>file`. */
async function openDescriptor(path: string, descriptor: number): Promise<StreamOutput> {
  const canWrite = isWritable(descriptor);
  if (canWrite === undefined) {
    throw refuse(
      path,
      `descriptor ${descriptor} is not open here`,
      "-o - | COMMAND   (sudo passes on 0, 1 and 2 only)",
    );
  }
  // Opening it anew asks for the rights of this process; whoever handed it over must have had the right to write.
  if (!canWrite) throw refuse(path, `descriptor ${descriptor} is open for reading only`, "open it for writing");
  const own = `/proc/self/fd/${descriptor}`;
  const { isFile, isFifo } = await Deno.stat(own);
  if (isFile !== true && isFifo !== true) throw refuse(path, "it is neither a pipe nor a file", "use -o -");
  return openedStream(await Deno.open(own, { append: true }), !isFile);
}

async function openDevice(path: string, facts: Deno.FileInfo): Promise<StreamOutput> {
  if (facts.rdev !== NULL_DEVICE && facts.rdev !== FULL_DEVICE && facts.rdev !== OWN_TERMINAL) {
    throw refuse(path, "it is a device", "name a file, or use -o -");
  }
  return openedStream(await openChecked(path, facts), facts.rdev === OWN_TERMINAL);
}

/** What was opened has to be what was looked at, so that nothing can be put in its place meanwhile. */
async function openChecked(path: string, facts: Deno.FileInfo): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { append: true });
  const opened = file.statSync();
  if (opened.dev === facts.dev && opened.ino === facts.ino) return file;
  file.close();
  throw refuse(path, "it was exchanged while it was opened", "name a file in a folder of yours");
}

/** Under sudo: whether the caller may write to what this program could write to anyway. */
function mayWrite(facts: Deno.FileInfo, caller: { readonly uid: number; readonly gid: number }): boolean {
  const bit = facts.uid === caller.uid
    ? WRITE_BITS.owner
    : facts.gid === caller.gid
    ? WRITE_BITS.group
    : WRITE_BITS.others;
  return ((facts.mode ?? 0) & bit) !== 0;
}

async function openPipe(
  path: string,
  facts: Deno.FileInfo,
  io: Io,
  callerFiles: CallerFiles | undefined,
): Promise<StreamOutput> {
  if (callerFiles !== undefined) {
    const seen = await callerFiles.look(path);
    const isSame = seen.dev === facts.dev && seen.ino === facts.ino;
    if (!isSame || !mayWrite(facts, seen.caller)) {
      throw refuse(path, "the caller may not write there", "name a file in a folder of yours");
    }
  }
  const waiting = setTimeout(() => io.say(`oisp: waiting for a reader of ${path}`), 200);
  try {
    return openedStream(await openChecked(path, facts), true);
  } finally {
    clearTimeout(waiting);
  }
}

/** What is not there, or cannot be looked at, is left to the rules for files. */
async function look(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/** Descriptors and devices that were opened before the right to was given up, by name. */
const openedEarly = new Map<string, StreamOutput>();

/**
 * Opens those of the paths that are descriptors or devices, for `openStreamOutput` to find: to be called before the capture library
 * is loaded, for with the right to load native code the runtime loses that to open them. Nothing is made, and nobody waited for.
 * @throws {FindingError} with exit code 73
 */
export async function openDevicesEarly(paths: readonly (string | undefined)[], io: Io): Promise<void> {
  for (const path of paths) {
    if (path === undefined || openedEarly.has(path)) continue;
    const isDevice = (toDescriptor(path) ?? 0) > 2 || (await look(path))?.isCharDevice === true;
    const stream = isDevice ? await openStreamOutput(path, io, undefined) : undefined;
    if (stream !== undefined) openedEarly.set(path, stream);
  }
}

/**
 * Opens a path that is no regular file; undefined for one that is, or that is not there. A pipe waits for its reader, as in a
 * shell. A symbolic link is never followed, except for the names of the program's own streams.
 * @throws {FindingError} with exit code 73 for devices, and for what the caller may not write
 */
export async function openStreamOutput(
  path: string,
  io: Io,
  callerFiles: CallerFiles | undefined,
): Promise<StreamOutput | undefined> {
  const early = openedEarly.get(path);
  if (early !== undefined) {
    openedEarly.delete(path);
    return early;
  }
  const descriptor = toDescriptor(path);
  if (descriptor === 0) throw refuse(path, "it is standard input", "use -o -");
  if (descriptor === 1) return ownStream(io.stdout, true);
  if (descriptor === 2) return ownStream(io.stderr, false);
  try {
    if (descriptor !== undefined) return await openDescriptor(path, descriptor);
    const facts = await look(path);
    if (facts?.isFifo === true) return await openPipe(path, facts, io, callerFiles);
    return facts?.isCharDevice === true ? await openDevice(path, facts) : undefined;
  } catch (error) {
    if (error instanceof FindingError) throw error;
    // With the right to load native code the runtime loses that to open most devices.
    if (error instanceof Deno.errors.NotCapable) throw refuse(path, "it is a device", `-o - > ${path}`);
    throw refuse(path, error instanceof Error ? error.message : String(error), "name another file");
  }
}

/** Writes everything. */
export async function writeToStream(stream: ByteStream, text: string): Promise<void> {
  for (let rest = new TextEncoder().encode(text); rest.length > 0;) rest = rest.subarray(await stream.write(rest));
}
