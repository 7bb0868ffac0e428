import type { ByteStream } from "./exporter.ts";
import type { FileOpener, OutputFile } from "./file_opener.ts";

/** Where bytes of whole lines go. */
export interface ByteSink {
  /** Writes all bytes or fails. A promise only where writing may wait for a reader. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Releases it. */
  close(): void;
}

/** When a file is put aside. */
export interface Rotation {
  /** A file never grows beyond this, unless one line alone does. */
  readonly maxBytes: number;
  /** Files kept beside the current one: `<path>.1` is the newest. */
  readonly keepCount: number;
}

/** Writes to a file, and puts it aside when it is full. */
export class FileSink implements ByteSink {
  readonly #files: FileOpener;
  readonly #path: string;
  readonly #rotation: Rotation | undefined;
  #file: OutputFile;
  #sizeBytes: number;
  #endsInsideLine: boolean;

  /** Opens the file. @throws {FindingError} when it cannot be opened. */
  constructor(files: FileOpener, path: string, shouldAppend: boolean, rotation: Rotation | undefined) {
    this.#files = files;
    this.#path = path;
    this.#rotation = rotation;
    this.#file = shouldAppend ? files.openAppend(path) : files.openAnew(path);
    this.#sizeBytes = this.#file.sizeBytes;
    this.#endsInsideLine = this.#file.hasPartialLine;
  }

  /** @throws {Error} when the system refuses; what was written of the last line is ended at the next write. */
  write(bytes: Uint8Array): void {
    const limit = this.#rotation?.maxBytes ?? Infinity;
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > limit) this.#rotate();
    if (this.#endsInsideLine) {
      this.#writeAll(new Uint8Array([10]));
      this.#endsInsideLine = false;
    }
    this.#writeAll(bytes);
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #writeAll(bytes: Uint8Array): void {
    let written = 0;
    try {
      while (written < bytes.length) written += this.#file.writeSync(bytes.subarray(written));
    } finally {
      this.#sizeBytes += written;
      if (written > 0 && written < bytes.length) this.#endsInsideLine = bytes[written - 1] !== 10;
    }
  }

  #rotate(): void {
    const keep = this.#rotation?.keepCount ?? 0;
    this.#files.remove(`${this.#path}.${keep}`);
    for (let number = keep - 1; number >= 1; number--) this.#renameIfThere(number);
    if (keep > 0) this.#files.rename(this.#path, `${this.#path}.1`);
    const next = keep > 0 ? this.#files.openAppend(this.#path) : this.#files.openAnew(this.#path);
    this.#file.close();
    this.#file = next;
    this.#sizeBytes = next.sizeBytes;
    this.#endsInsideLine = next.hasPartialLine;
  }

  #renameIfThere(number: number): void {
    try {
      this.#files.rename(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Writes to a stream whose reader may be slow or go away, such as standard output. Never closes it. */
export class StreamSink implements ByteSink {
  readonly #stream: ByteStream;

  /** Takes the stream to write to. */
  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** Rejects, or throws where it need not wait, when the reader is gone. */
  write(bytes: Uint8Array): void | Promise<void> {
    if (this.#stream.writeSync === undefined) return this.#writeWaiting(bytes);
    for (let written = 0; written < bytes.length;) written += this.#stream.writeSync(bytes.subarray(written));
  }

  /** The stream belongs to the process. */
  close(): void {}

  async #writeWaiting(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) written += await this.#stream.write(bytes.subarray(written));
  }
}
