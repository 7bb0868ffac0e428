/**
 * Compressed bytes → bytes, piece by piece and synchronously, through the handles below node:zlib's streams
 * (docs/decisions/0002-synchronous-inflate.md says why).
 */
import zlib from "node:zlib";
import { ByteCarry } from "./byte_carry.ts";
import { hasBrotliEnded, hasDeflateEnded, type HasEnded, hasZstdEnded } from "./coding_end.ts";

/** The native object below a zlib stream. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inAt: number,
    inLength: number,
    out: Uint8Array,
    outAt: number,
    outLength: number,
  ): void;
  close(): void;
  onerror: (message: string, code: number) => void;
}

/** What node:zlib's streams have below their public face. */
interface ZlibStream {
  readonly _handle: ZlibHandle;
  /** After a write: [output bytes left free, input bytes left over]. */
  readonly _writeState: Uint32Array;
}

/** One coding: how to open a stream of it, which flush value gives all output at once, and how to undo it whole. */
interface Codec {
  open(): unknown;
  readonly flush: number;
  whole(bytes: Uint8Array, maxOutputLength: number): Uint8Array;
  readonly hasEnded: HasEnded;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_PROCESS, ZSTD_e_continue } = zlib.constants;
const NO_BYTES = new Uint8Array(0);
const OUT_BYTES = 64 * 1024;
/** A compressed stream of no bytes is shorter. */
const LONGEST_OF_NOTHING = 32;
/** Times a raw stream may begin again after a final block; each costs a native object. */
const MAX_RESTARTS = 10_000;

const GZIP: Codec = {
  open: () => zlib.createGunzip(),
  flush: Z_SYNC_FLUSH,
  whole: (bytes, maxOutputLength) => zlib.gunzipSync(bytes, { maxOutputLength }),
  hasEnded: hasDeflateEnded,
};
const ZLIB: Codec = {
  open: () => zlib.createInflate(),
  flush: Z_SYNC_FLUSH,
  whole: (bytes, maxOutputLength) => zlib.inflateSync(bytes, { maxOutputLength }),
  hasEnded: hasDeflateEnded,
};
const RAW: Codec = {
  open: () => zlib.createInflateRaw(),
  flush: Z_SYNC_FLUSH,
  whole: (bytes, maxOutputLength) => zlib.inflateRawSync(bytes, { maxOutputLength, finishFlush: Z_SYNC_FLUSH }),
  hasEnded: hasDeflateEnded,
};
const BROTLI: Codec = {
  open: () => zlib.createBrotliDecompress(),
  flush: BROTLI_OPERATION_PROCESS,
  whole: (bytes, maxOutputLength) => zlib.brotliDecompressSync(bytes, { maxOutputLength }),
  hasEnded: hasBrotliEnded,
};
const ZSTD: Codec = {
  open: () => zlib.createZstdDecompress(),
  flush: ZSTD_e_continue,
  whole: (bytes, maxOutputLength) => zlib.zstdDecompressSync(bytes, { maxOutputLength }),
  hasEnded: hasZstdEnded,
};

/** Names of codings that can be undone. `deflate` is zlib or raw, by its first bytes; `raw_deflate` is only raw. */
export type CodingName = "gzip" | "deflate" | "raw_deflate" | "br" | "zstd";

/** Takes decoded bytes; views valid during the call. False: no more are wanted. */
export type InflateOutput = (bytes: Uint8Array) => boolean;

/** `ok`; `stopped` by the output; `damaged` the bytes are not of this coding from here on. */
export type InflateResult = "ok" | "stopped" | "damaged";

/** Undoes one coding of one body. */
export class Inflater {
  readonly #coding: CodingName;
  readonly #out: Uint8Array;
  #stream: ZlibStream | undefined;
  #codec: Codec | undefined;
  #flush = 0;
  #inBytes = 0;
  #outBytes = 0;
  /** The input, while it is so short that its whole output may be nothing. */
  #first: Uint8Array = NO_BYTES;
  #restarts = 0;
  #isDamaged = false;
  /** The header names a coding, and the bytes are text as they are. */
  #isIdentity = false;
  /** Only where the native object cannot be used: everything is kept up to the end. */
  #whole: { readonly codec: Codec; readonly carry: ByteCarry } | undefined;

  /** @param depth position in a chain of codings; each has a buffer of its own, shared by all bodies. */
  constructor(coding: CodingName, depth: number) {
    this.#coding = coding;
    this.#out = scratch(depth);
  }

  /** Compressed bytes held right now; the native state (32 KiB to 8 MiB by coding) is estimated. */
  get heldBytes(): number {
    if (this.#stream === undefined) return this.#whole?.carry.heldBytes ?? 0;
    return 64 * 1024;
  }

  /** Takes the next compressed bytes. */
  push(bytes: Uint8Array, output: InflateOutput): InflateResult {
    if (this.#isDamaged) return "damaged";
    if (bytes.length === 0) return "ok";
    if (this.#stream === undefined && this.#whole === undefined && !this.#isIdentity) this.#open(bytes);
    if (this.#isIdentity) return output(bytes) ? "ok" : "stopped";
    if (this.#whole !== undefined) {
      this.#whole.carry.push(bytes);
      return "ok";
    }
    if (this.#stream === undefined) return "damaged";
    if (this.#inBytes < LONGEST_OF_NOTHING) this.#keepFirst(bytes);
    this.#inBytes += bytes.length;
    return this.#write(this.#stream, bytes, output);
  }

  /** Whether the bytes stop before the end of the coding; asked at most once, before `end`. False where that cannot be known. */
  isCut(): boolean {
    const [stream, codec] = [this.#stream, this.#codec];
    if (stream === undefined || codec === undefined || this.#inBytes === 0 || this.#isDamaged) return false;
    const first = this.#inBytes < LONGEST_OF_NOTHING ? this.#first : NO_BYTES;
    return codec.hasEnded((bytes, flush) => this.#trial(stream, bytes, flush), first, this.#outBytes) === false;
  }

  /** No more bytes come. Gives back what was only decodable as a whole, and frees the native state. */
  end(output: InflateOutput, maxOutputLength: number): InflateResult {
    const whole = this.#whole;
    this.close();
    if (whole === undefined || whole.carry.heldBytes === 0) return this.#isDamaged ? "damaged" : "ok";
    try {
      return output(whole.codec.whole(whole.carry.take(), maxOutputLength)) ? "ok" : "stopped";
    } catch {
      return "damaged";
    }
  }

  /** Frees the native state. */
  close(): void {
    this.#stream?._handle.close();
    this.#stream = undefined;
    this.#whole = undefined;
  }

  #keepFirst(bytes: Uint8Array): void {
    const first = new Uint8Array(Math.min(LONGEST_OF_NOTHING, this.#inBytes + bytes.length));
    first.set(this.#first);
    first.set(bytes.subarray(0, first.length - this.#first.length), this.#first.length);
    this.#first = first;
  }

  /** Writes bytes that are not of the body; undefined when the stream does not take them. */
  #trial(
    { _handle: handle, _writeState: state }: ZlibStream,
    bytes: Uint8Array,
    flush: number,
  ): Uint8Array | undefined {
    let isRefused = false;
    handle.onerror = () => {
      isRefused = true;
    };
    try {
      handle.writeSync(flush, bytes, 0, bytes.length, this.#out, 0, this.#out.length);
    } catch {
      return undefined;
    }
    return isRefused ? undefined : this.#out.subarray(0, this.#out.length - (state[0] ?? this.#out.length));
  }

  #open(firstBytes: Uint8Array): void {
    this.#isIdentity = isPlainText(this.#coding, firstBytes);
    if (this.#isIdentity) return;
    const codec = findCodec(this.#coding, firstBytes);
    const stream = codec.open();
    if (!isZlibStream(stream)) {
      this.#whole = { codec, carry: new ByteCarry() };
      return;
    }
    this.#stream = stream;
    this.#codec = codec;
    this.#flush = codec.flush;
    stream._handle.onerror = () => {
      this.#isDamaged = true;
    };
  }

  /** A message of a WebSocket may end with a final block (RFC 7692 7.2.3.5): what follows begins anew. */
  #restart(): ZlibStream | undefined {
    if (this.#coding !== "raw_deflate" || this.#restarts >= MAX_RESTARTS) return undefined;
    this.#restarts++;
    this.#stream?._handle.close();
    this.#stream = undefined;
    this.#open(new Uint8Array(0));
    return this.#stream;
  }

  #write(stream: ZlibStream, bytes: Uint8Array, output: InflateOutput): InflateResult {
    let { _handle: handle, _writeState: state } = stream;
    const out = this.#out;
    let left = bytes.length;
    for (;;) {
      const before = left;
      try {
        handle.writeSync(this.#flush, bytes, bytes.length - left, left, out, 0, out.length);
      } catch {
        this.#isDamaged = true;
        return "damaged";
      }
      const free = state[0] ?? out.length;
      left = state[1] ?? 0;
      this.#outBytes += out.length - free;
      if (free < out.length && !output(out.subarray(0, out.length - free))) return "stopped";
      if (this.#isDamaged) return "damaged";
      if (free > 0) {
        if (left === 0) return "ok";
        // Free room and input left: the stream is over, or (brotli tells no error) damaged. A frame of zstd that gives nothing
        // (skippable, or empty) has been read over; another follows.
        if (left === before || (free === out.length && this.#coding !== "zstd")) {
          const next = this.#restart();
          if (next !== undefined) {
            ({ _handle: handle, _writeState: state } = next);
            continue;
          }
          this.#isDamaged = true;
          return "damaged";
        }
      }
    }
  }
}

const scratches: Uint8Array[] = [];

/** Decoding is synchronous and depth first, so that one buffer a depth serves every body. */
function scratch(depth: number): Uint8Array {
  return scratches[depth] ??= new Uint8Array(OUT_BYTES);
}

function findCodec(coding: CodingName, firstBytes: Uint8Array): Codec {
  switch (coding) {
    case "gzip":
      return GZIP;
    case "br":
      return BROTLI;
    case "zstd":
      return ZSTD;
    case "raw_deflate":
      return RAW;
    case "deflate":
      return isZlibHeader(firstBytes) ? ZLIB : RAW;
  }
}

/** Bytes that are looked at; of compressed ones, hardly ever so many are all letters. */
const TEXT_BYTES = 16;

/**
 * True when a body cannot be of its coding and is text instead: some proxies undo a coding and leave its header. Codings with a
 * magic number show it by the first byte, the others by a beginning that is all text.
 */
function isPlainText(coding: CodingName, bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  if (coding === "raw_deflate" || first < 0x20 || first > 0x7e) return false;
  if (coding === "gzip") return true;
  // Skippable frames of zstd begin with 0x50 to 0x5f, frames with 0x28.
  if (coding === "zstd") return first !== 0x28 && first >> 4 !== 5;
  if (bytes.length < TEXT_BYTES) return false;
  for (let at = 0; at < TEXT_BYTES; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return false;
  }
  return true;
}

/** RFC 1950 2.2; some senders of `deflate` leave the zlib wrapper out. With one byte only its method can be looked at. */
function isZlibHeader(bytes: Uint8Array): boolean {
  const [first = 0, second] = bytes;
  if ((first & 0x0f) !== 8 || first >> 4 > 7) return false;
  return second === undefined || (first * 256 + second) % 31 === 0;
}

function isZlibStream(stream: unknown): stream is ZlibStream {
  if (typeof stream !== "object" || stream === null || !("_handle" in stream) || !("_writeState" in stream)) {
    return false;
  }
  const handle = stream._handle;
  return typeof handle === "object" && handle !== null && "writeSync" in handle &&
    typeof handle.writeSync === "function" && stream._writeState instanceof Uint32Array;
}
