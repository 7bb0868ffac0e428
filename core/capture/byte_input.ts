import { FindingError } from "../model/finding.ts";

/** A path whose file was looked at before: what is opened has to be that very file. */
export interface CheckedPath {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

/** Where a source reads from: a path, `-` for standard input, or bytes that are already in memory. */
export type InputFrom = string | CheckedPath | Uint8Array;

/** An opened input of bytes. */
export interface ByteInput {
  /** Name for messages: the path, `standard input` or `memory`. */
  readonly name: string;
  /** Fills the front of `buffer`; the number of bytes, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Releases the file. Idempotent. */
  close(): void;
}

/** Opens an input. @throws {FindingError} with exit code 66 when the file cannot be opened. */
export async function openByteInput(from: InputFrom): Promise<ByteInput> {
  if (from instanceof Uint8Array) return openMemory(from);
  if (from === "-") {
    return { name: "standard input", read: (buffer) => Deno.stdin.read(buffer), close: () => {} };
  }
  const path = typeof from === "string" ? from : from.path;
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    throw toOpenError(path, describe(error));
  }
  if (typeof from !== "string" && !isSameFile(file, from)) {
    file.close();
    throw toOpenError(path, "another file took its place while it was opened");
  }
  return openFile(path, file);
}

/** Tells whether an opened file is the one that was looked at before. */
export function isSameFile(file: Deno.FsFile, checked: CheckedPath): boolean {
  const { dev, ino } = file.statSync();
  return dev === checked.dev && ino === checked.ino;
}

function toOpenError(path: string, why: string): FindingError {
  return new FindingError([{
    code: "OISP-IN-001",
    severity: "error",
    what: `Cannot open ${path}: ${why}`,
    fix: "Check the path and its permissions",
  }], 66);
}

function openFile(name: string, file: Deno.FsFile): ByteInput {
  let isOpen = true;
  const isRegular = file.statSync().isFile;
  return {
    name,
    async read(buffer) {
      try {
        // A regular file answers at once; the detour over a thread would cost a copy and memory. Pipes may keep us waiting.
        return isRegular ? file.readSync(buffer) : await file.read(buffer);
      } catch (error) {
        throw new FindingError(
          [{ code: "OISP-IN-002", severity: "error", what: `Cannot read ${name}: ${describe(error)}` }],
          66,
        );
      }
    },
    close() {
      if (isOpen) file.close();
      isOpen = false;
    },
  };
}

function openMemory(bytes: Uint8Array): ByteInput {
  let at = 0;
  return {
    name: "memory",
    read(buffer) {
      const count = Math.min(buffer.length, bytes.length - at);
      if (count === 0) return Promise.resolve(null);
      buffer.set(bytes.subarray(at, at + count));
      at += count;
      return Promise.resolve(count);
    },
    close: () => {},
  };
}

function describe(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return error instanceof Error ? error.message : String(error);
}
