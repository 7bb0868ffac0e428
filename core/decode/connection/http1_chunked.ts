/**
 * Chunked transfer coding, incrementally: size lines with extensions, chunk data, trailers.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1 (read 2026-11-21)
 */
import type { BodySink } from "../exchange_sink.ts";

const LF = 10;
const CR = 13;
/** Longest size line with its extensions, and longest trailer section, in bytes. */
const MAX_LINE_BYTES = 16 * 1024;
/** Largest chunk that is believed. */
const MAX_CHUNK_BYTES = 2 ** 40;

const enum State {
  Size,
  Extension,
  Data,
  DataEnd,
  Trailer,
  Done,
  Invalid,
}

/** Reads one chunked body. */
export class ChunkedReader {
  #state: State = State.Size;
  #size = 0;
  #digits = 0;
  /** Bytes of the current size line or trailer section; of a trailer line since its start. */
  #lineBytes = 0;
  #isTrailerLineEmpty = true;
  #dataBytes = 0;

  /** The last chunk and the trailers were read. */
  get isDone(): boolean {
    return this.#state === State.Done;
  }

  /** The bytes are not chunked coding. */
  get isInvalid(): boolean {
    return this.#state === State.Invalid;
  }

  /** Bytes of the current chunk that are still to come; 0 outside chunk data. */
  get chunkRest(): number {
    return this.#state === State.Data ? this.#size : 0;
  }

  /**
   * Takes `bytes` from index `from` on, hands chunk data to `sink`, and gives the index after the last byte it took: the
   * length of `bytes` unless the body ended or is invalid.
   */
  push(bytes: Uint8Array, from: number, sink: BodySink | undefined, timeNs: number): number {
    let at = from;
    while (at < bytes.length && this.#state < State.Done) {
      if (this.#state === State.Data) at = this.#data(bytes, at, sink, timeNs);
      else this.#byte(bytes[at++] ?? 0);
    }
    return at;
  }

  /** Gives the bytes of chunk data since the last call. */
  takeDataBytes(): number {
    const dataBytes = this.#dataBytes;
    this.#dataBytes = 0;
    return dataBytes;
  }

  /** Leaves out `lostBytes` of the current chunk's data; they must not be more than `chunkRest`. */
  skip(lostBytes: number): void {
    this.#size -= lostBytes;
    if (this.#size === 0) this.#state = State.DataEnd;
  }

  /** Starts anew at a size line, after a gap. */
  restart(): void {
    this.#state = State.Size;
    this.#size = this.#digits = this.#lineBytes = 0;
  }

  #data(bytes: Uint8Array, at: number, sink: BodySink | undefined, timeNs: number): number {
    const end = Math.min(bytes.length, at + this.#size);
    sink?.data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end), timeNs);
    this.#size -= end - at;
    this.#dataBytes += end - at;
    if (this.#size === 0) this.#state = State.DataEnd;
    return end;
  }

  #byte(byte: number): void {
    switch (this.#state) {
      case State.Size:
        return this.#sizeByte(byte);
      case State.Extension:
        if (byte === LF) this.#sizeEnd();
        else if (++this.#lineBytes > MAX_LINE_BYTES) this.#state = State.Invalid;
        return;
      case State.DataEnd:
        if (byte === LF) this.restart();
        else if (byte !== CR) this.#state = State.Invalid;
        return;
      default:
        return this.#trailerByte(byte);
    }
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > 16 || this.#size > MAX_CHUNK_BYTES) this.#state = State.Invalid;
    } else if (this.#digits === 0) this.#state = State.Invalid;
    else if (byte === LF) this.#sizeEnd();
    else if (byte === CR || byte === 59 || byte === 32 || byte === 9) this.#state = State.Extension;
    else this.#state = State.Invalid;
  }

  #sizeEnd(): void {
    this.#lineBytes = 0;
    this.#isTrailerLineEmpty = true;
    this.#state = this.#size === 0 ? State.Trailer : State.Data;
  }

  #trailerByte(byte: number): void {
    if (++this.#lineBytes > MAX_LINE_BYTES) this.#state = State.Invalid;
    else if (byte === LF) {
      if (this.#isTrailerLineEmpty) this.#state = State.Done;
      this.#isTrailerLineEmpty = true;
    } else if (byte !== CR) this.#isTrailerLineEmpty = false;
  }
}

/**
 * True when `bytes` begin with a chunk that fits: a size line, then that many bytes, then a line end (or the last chunk).
 * Used after a gap, where only a proof counts.
 */
export function startsWithChunk(bytes: Uint8Array): boolean {
  let size = 0;
  let at = 0;
  for (let digit = hexDigit(bytes[0] ?? 0); digit >= 0 && at < 8; digit = hexDigit(bytes[at] ?? 0)) {
    size = size * 16 + digit;
    at++;
  }
  if (at === 0 || bytes[at] !== CR || bytes[at + 1] !== LF) return false;
  const end = at + 2 + size;
  return bytes[end] === CR && bytes[end + 1] === LF;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
