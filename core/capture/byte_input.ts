import { FindingError } from "../model/finding.ts";

/** Where a source reads from: a path, `-` for standard input, or bytes that are already in memory. */
export type InputFrom = string | Uint8Array;

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
  if (typeof from !== "string") return openMemory(from);
  if (from === "-") {
    return { name: "standard input", read: (buffer) => Deno.stdin.read(buffer), close: () => {} };
  }
  try {
    return openFile(from, await Deno.open(from, { read: true }));
  } catch (error) {
    throw new FindingError([{
      code: "OISP-IN-001",
      severity: "error",
      what: `Cannot open ${from}: ${describe(error)}`,
      fix: "Check the path and its permissions",
    }], 66);
  }
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
