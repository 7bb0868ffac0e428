import { FindingError } from "../model/finding.ts";
import { type RecordingHeader, writeRecordingHeader } from "./recording_header.ts";

const BUFFER_BYTES = 256 * 1024;
/** Where the flags lie in the header. */
const FLAGS_OFFSET = 12;

/** What a recording is written to: a file, or a stand-in in tests. */
export interface RecordingTarget {
  writeSync(bytes: Uint8Array): number;
  seekSync(offset: number, whence: Deno.SeekMode): number;
  close(): void;
}

/**
 * Creates the file of a recording: new, not through a link, readable by its owner only.
 * @throws {FindingError} with exit code 73 when it exists or cannot be created.
 */
export function createRecordingFile(path: string): RecordingTarget {
  try {
    // createNew is O_CREAT | O_EXCL, which also refuses a link in the last place.
    return Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    throw new FindingError([{
      code: "OISP-REC-007",
      severity: "error",
      what: `Cannot create the recording ${path}: ${explain(error)}`,
      why: "A recording holds plaintext; it is never written over or through another file",
      fix: error instanceof Deno.errors.AlreadyExists
        ? "Name another file, or remove this one"
        : "Check the folder and its permissions",
    }], 73);
  }
}

function explain(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) return "it is already there";
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  // The runtime opens no device for which it would need more than the right to write files.
  if (error instanceof Deno.errors.NotCapable) return "it is a device";
  return error instanceof Error ? error.message : String(error);
}

/** Writes header and records through a buffer. A failing target ends the writing and is told once. */
export class RecordingFile {
  /** Why nothing more is written; undefined while all is well. */
  failure: string | undefined;
  /** Bytes given to the target. */
  writtenBytes = 0;
  readonly #target: RecordingTarget;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #end = 0;
  #flags: number;

  constructor(target: RecordingTarget, header: Omit<RecordingHeader, "version">) {
    this.#target = target;
    this.#flags = header.flags;
    this.write(writeRecordingHeader(header));
  }

  /** Appends bytes. */
  write(bytes: Uint8Array): void {
    if (this.#end + bytes.length > BUFFER_BYTES) this.flush();
    if (bytes.length > BUFFER_BYTES) return this.#put(bytes);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Hands what is buffered to the target. */
  flush(): void {
    const end = this.#end;
    this.#end = 0;
    if (end > 0) this.#put(this.#buffer.subarray(0, end));
  }

  /** Sets a bit of the header's flags, in the file too. */
  addFlag(flag: number): void {
    if ((this.#flags & flag) !== 0) return;
    this.#flags |= flag;
    this.flush();
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, this.#flags, true);
    try {
      this.#target.seekSync(FLAGS_OFFSET, Deno.SeekMode.Start);
      this.#put(bytes);
      this.#target.seekSync(0, Deno.SeekMode.End);
    } catch (error) {
      this.failure ??= String(error);
    }
  }

  /** Writes what is buffered and closes the target. */
  close(): void {
    this.flush();
    this.#target.close();
  }

  #put(bytes: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      for (let at = 0; at < bytes.length;) at += this.#target.writeSync(bytes.subarray(at));
      this.writtenBytes += bytes.length;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}
