import { FindingError } from "../model/finding.ts";

/** A regular file opened for appending. */
export interface OutputFile {
  /** Bytes it held when it was opened. */
  readonly sizeBytes: number;
  /** It ends inside a line: an earlier writer was cut off. */
  readonly hasPartialLine: boolean;
  /** Appends; gives how many bytes were taken. @throws {Error} as the system reports it. */
  writeSync(bytes: Uint8Array): number;
  /** Releases it. */
  close(): void;
}

/** Opens, renames and removes files with the rights of the person who started the program. */
export interface FileOpener {
  /** Opens for appending, creates with mode 0600. @throws {FindingError} when it is not a regular file or cannot be opened. */
  openAppend(path: string): OutputFile;
  /** Makes a new empty file and puts it in the place of `path` by rename: whatever stood there keeps its readers. */
  openAnew(path: string): OutputFile;
  /** Renames. @throws {Error} as the system reports it. */
  rename(from: string, to: string): void;
  /** Removes a file; a missing one is fine. */
  remove(path: string): void;
}

/** Opens files with the rights of this process. */
export const processFiles: FileOpener = {
  openAppend(path) {
    requireRegularFile(path);
    return asOutputFile(path, openFile(path, { append: true, create: true, mode: 0o600 }));
  },
  openAnew(path) {
    requireRegularFile(path);
    const temporary = `${path}.${crypto.randomUUID()}.tmp`;
    const file = openFile(temporary, { append: true, createNew: true, mode: 0o600 });
    try {
      Deno.renameSync(temporary, path);
    } catch (error) {
      file.close();
      this.remove(temporary);
      throw toFindingError(path, error);
    }
    return asOutputFile(path, file);
  },
  rename(from, to) {
    Deno.renameSync(from, to);
  },
  remove(path) {
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },
};

/** Looked at before it is opened: opening a FIFO would wait for its reader. */
function requireRegularFile(path: string): void {
  let facts: Deno.FileInfo;
  try {
    facts = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw toFindingError(path, error);
  }
  if (!facts.isFile) throw toFindingError(path, new Error("it is not a regular file"));
}

function openFile(path: string, options: Deno.OpenOptions): Deno.FsFile {
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    throw toFindingError(path, error);
  }
}

function asOutputFile(path: string, file: Deno.FsFile): OutputFile {
  const facts = file.statSync();
  if (!facts.isFile) {
    file.close();
    throw toFindingError(path, new Error("it is not a regular file"));
  }
  return {
    sizeBytes: facts.size,
    hasPartialLine: facts.size > 0 && readLastByte(path, facts.size) !== 10,
    writeSync: (bytes) => file.writeSync(bytes),
    close: () => file.close(),
  };
}

/** A file that may be written and not read counts as whole. */
function readLastByte(path: string, sizeBytes: number): number {
  try {
    using file = Deno.openSync(path, { read: true });
    file.seekSync(sizeBytes - 1, Deno.SeekMode.Start);
    const last = new Uint8Array(1);
    return file.readSync(last) === 1 ? last[0] ?? 10 : 10;
  } catch {
    return 10;
  }
}

function toFindingError(path: string, error: unknown): FindingError {
  const why = error instanceof Error ? error.message : String(error);
  return new FindingError([{
    code: "OISP-EXP-001",
    severity: "error",
    what: `Cannot write "${path}": ${why.split("\n")[0] ?? ""}`,
    why: "events need a regular file that the person who started the program may write",
    fix: "name another file with -o FILE, or -o - for standard output",
  }], 73);
}
