/** Files that a person names on the command line: opened with the rights of the caller, never through a symbolic link. */
import fs from "node:fs";
import type { OutputFile } from "../../core/export/file_opener.ts";
import { type Finding, FindingError } from "../../core/model/finding.ts";
import { ExitCode } from "../exit_codes.ts";

/** How a file is opened. */
export interface OutputOptions {
  /** Append to what is there; else start anew. */
  readonly isAppended: boolean;
  /** Refuse when something is there. */
  readonly isNew?: boolean;
  /** Permissions of a new file. */
  readonly mode: number;
}

/** Checks with the caller's own rights that they may write the file, and makes it theirs; see `caller_files.ts`. */
export interface CallerFiles {
  /**
   * Opens or creates the file as the caller and says which file that is; it stays open, so that no other file can get its
   * number, until `release`.
   * @throws {FindingError} when the caller may not
   */
  claim(path: string, options: OutputOptions): Promise<ClaimedFile>;
  /**
   * Looks at something that is there, with the caller's rights: they may at least get to it.
   * @throws {FindingError} when the caller may not
   */
  look(path: string): Promise<SeenFile>;
}

/** What the caller can get to, and who the caller is. */
export interface SeenFile {
  readonly dev: number;
  readonly ino: number;
  readonly caller: { readonly uid: number; readonly gid: number };
}

/** A file that the caller may write. */
export interface ClaimedFile {
  readonly dev: number;
  readonly ino: number;
  release(): Promise<void>;
}

const LINE_END = 10;
const SPACE = 32;
const { O_WRONLY, O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_EXCL } = fs.constants;

function explain(path: string, reason: string, fix: string): FindingError {
  const finding: Finding = {
    code: "OISP-OUT-001",
    severity: "error",
    what: `Cannot write ${JSON.stringify(path)}: ${reason}`,
    fix,
  };
  return new FindingError([finding], ExitCode.cannotCreate);
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ELOOP: ["it is a symbolic link", "name the file it points to"],
  EACCES: ["this user may not write there", "name a file in a folder of yours"],
  EPERM: ["this user may not write there", "name a file in a folder of yours"],
  EROFS: ["the file system is read-only", "name a file elsewhere"],
  ENOENT: ["its folder does not exist", "make the folder first"],
  ENOTDIR: ["its folder is not a folder", "name a file in a folder"],
  EISDIR: ["it is a directory", "name a file in it"],
  ENXIO: ["it is not a regular file", "name a file, a pipe, or use -o -"],
  ENOSPC: ["the disk is full", "name a file on another disk"],
};

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

function toOpenError(path: string, error: unknown): FindingError {
  const [reason, fix] = REASONS[codeOf(error)] ??
    [`the system refused (${codeOf(error) || "unknown error"})`, "name another file"];
  return explain(path, reason, fix);
}

function openEither(path: string, flags: number, mode: number): number {
  try {
    // Readable as well, to see whether the file ends inside a line.
    return fs.openSync(path, O_RDWR | flags, mode);
  } catch (error) {
    if (codeOf(error) !== "EACCES") throw error;
    return fs.openSync(path, O_WRONLY | flags, mode);
  }
}

function openRegular(path: string, flags: number, mode: number): number {
  // Non-blocking, because opening a pipe that nobody reads would wait for ever.
  const fd = openEither(path, O_NOFOLLOW | O_NONBLOCK | flags, mode);
  if (fs.fstatSync(fd).isFile()) return fd;
  fs.closeSync(fd);
  throw explain(path, "it is not a regular file", "name a file, a pipe, or use -o -");
}

/**
 * A new file takes the old one's place by a rename, so that whoever reads the old one keeps it whole; `fill` writes into it before
 * that, so that nobody ever sees a part of it.
 */
function openAnew(path: string, mode: number, fill: (fd: number) => void = () => {}): number {
  const existing = fs.lstatSync(path, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink()) throw explain(path, "it is a symbolic link", "name the file it points to");
  if (existing !== undefined && !existing.isFile()) {
    throw explain(path, "it is not a regular file", "name a file, a pipe, or use -o -");
  }
  const temporary = `${path}.${Deno.pid}.new`;
  const fd = openRegular(temporary, O_CREAT | O_EXCL | O_APPEND, existing === undefined ? mode : existing.mode & 0o777);
  try {
    fill(fd);
    fs.renameSync(temporary, path);
    return fd;
  } catch (error) {
    fs.closeSync(fd);
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file that may be written and not read counts as whole. */
function readLastByte(fd: number, sizeBytes: number): number {
  const last = new Uint8Array(1);
  try {
    return fs.readSync(fd, last, 0, 1, sizeBytes - 1) === 1 ? last[0] ?? LINE_END : LINE_END;
  } catch {
    return LINE_END;
  }
}

function toOutputFile(fd: number): OutputFile {
  const { size } = fs.fstatSync(fd);
  let isOpen = true;
  return {
    sizeBytes: size,
    hasPartialLine: size > 0 && readLastByte(fd, size) !== LINE_END,
    writeSync: (bytes) => fs.writeSync(fd, bytes),
    close() {
      if (isOpen) fs.closeSync(fd);
      isOpen = false;
    },
  };
}

/** Writes everything. @throws {Error} as the system reports it */
export function writeFully(file: Pick<OutputFile, "writeSync">, text: string): void {
  for (let rest = new TextEncoder().encode(text); rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}

async function openClaimed(path: string, claimed: ClaimedFile, flags: number, mode: number): Promise<number> {
  try {
    const fd = openRegular(path, flags, mode);
    const info = fs.fstatSync(fd);
    if (info.dev === claimed.dev && info.ino === claimed.ino) return fd;
    fs.closeSync(fd);
    throw explain(path, "it was exchanged while it was opened", "name a file in a folder of yours");
  } finally {
    await claimed.release();
  }
}

/**
 * Opens a file of the command line for writing. Under sudo `callerFiles` first opens it with the caller's rights; what is then
 * opened here must be that very file.
 * @throws {FindingError} with exit code 73 when it cannot be created, is a symbolic link or no regular file
 */
export async function openOutputFile(
  path: string,
  options: OutputOptions,
  callerFiles: CallerFiles | undefined,
): Promise<OutputFile> {
  try {
    if (callerFiles === undefined) {
      return toOutputFile(
        options.isAppended ? openRegular(path, O_CREAT | O_APPEND, options.mode) : openAnew(path, options.mode),
      );
    }
    return toOutputFile(await openClaimed(path, await callerFiles.claim(path, options), O_APPEND, options.mode));
  } catch (error) {
    throw error instanceof FindingError ? error : toOpenError(path, error);
  }
}

/** A small file whose whole content is written again and again. */
export interface WholeFile {
  /** Puts the text in the place of what was there. @throws {Error} as the system reports it */
  replace(text: string): void;
  close(): void;
}

/**
 * Opens a file of the command line whose content is written as a whole. Each content takes the place of the last one by a rename.
 * Under sudo, where a rename would not be the caller's, it is written over the last one in one piece, filled up with spaces.
 * @throws {FindingError} like `openOutputFile`
 */
export async function openWholeFile(
  path: string,
  mode: number,
  callerFiles: CallerFiles | undefined,
): Promise<WholeFile> {
  const options = { isAppended: false, mode };
  if (callerFiles !== undefined) return createOverwritten(await openAtAnyPosition(path, options, callerFiles));
  (await openOutputFile(path, options, undefined)).close();
  return {
    replace: (text) =>
      fs.closeSync(openAnew(path, mode, (fd) => writeFully({ writeSync: (bytes) => fs.writeSync(fd, bytes) }, text))),
    close() {},
  };
}

function createOverwritten(fd: number): WholeFile {
  let lengthBytes = 0;
  let textBytes = 0;
  return {
    replace(text) {
      const plain = new TextEncoder().encode(text);
      const bytes = new Uint8Array(Math.max(plain.length, lengthBytes)).fill(SPACE);
      bytes.set(plain);
      let at = 0;
      while (at < bytes.length) at += fs.writeSync(fd, bytes, at, bytes.length - at, at);
      lengthBytes = bytes.length;
      textBytes = plain.length;
    },
    close() {
      if (textBytes < lengthBytes) fs.ftruncateSync(fd, textBytes);
      fs.closeSync(fd);
    },
  };
}

/**
 * Creates a new file as the caller, for writing at any position. Gives its descriptor.
 * @throws {FindingError} with exit code 73 when something is there or it cannot be created
 */
export function openNewFile(path: string, callerFiles: CallerFiles): Promise<number> {
  return openAtAnyPosition(path, { isAppended: false, isNew: true, mode: 0o600 }, callerFiles);
}

async function openAtAnyPosition(path: string, options: OutputOptions, callerFiles: CallerFiles): Promise<number> {
  try {
    return await openClaimed(path, await callerFiles.claim(path, options), 0, options.mode);
  } catch (error) {
    throw error instanceof FindingError ? error : toOpenError(path, error);
  }
}
