/** Whether a compressed body was read to the end of its coding: decoders below node:zlib's streams do not say it. */
import zlib from "node:zlib";

/** Writes bytes that are not of the body; gives what comes out, undefined when the decoder does not take them. Uses it up. */
export type Trial = (bytes: Uint8Array, flush: number) => Uint8Array | undefined;

/** Whether a coding's end was read; undefined where that cannot be found out. `first`: the first bytes of a short input. */
export type HasEnded = (trial: Trial, first: Uint8Array, outBytes: number) => boolean | undefined;

const NO_BYTES = new Uint8Array(0);
const { Z_FINISH, ZSTD_e_continue } = zlib.constants;
/** A frame that follows the last one gives its text; in the middle of a frame it is damage, or a part of that frame. */
const ZSTD_TRIAL = "the frame behind the last";
let zstdTrial: Uint8Array | undefined;

/** gzip, zlib and raw deflate: before the end "unexpected end of file" is an error. */
export const hasDeflateEnded: HasEnded = (trial) => trial(NO_BYTES, Z_FINISH) !== undefined;

/** Zstandard: behind the end a new frame may begin. */
export const hasZstdEnded: HasEnded = (trial) => {
  const decoded = trial(zstdTrial ??= zlib.zstdCompressSync(ZSTD_TRIAL), ZSTD_e_continue);
  return decoded !== undefined && new TextDecoder().decode(decoded) === ZSTD_TRIAL;
};

/** Brotli says nothing by itself, and a byte too many might be damage, which the runtime prints: only a stream of nothing shows. */
export const hasBrotliEnded: HasEnded = (_trial, first, outBytes) => outBytes > 0 ? undefined : isEmptyBrotli(first);

/**
 * Whether bytes are a whole brotli stream of no bytes: a window size, empty metadata blocks (flushes), and an empty last block.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7932#section-9.2 (read 2026-11-21)
 */
export function isEmptyBrotli(bytes: Uint8Array): boolean {
  const bit = (at: number) => ((bytes[at >> 3] ?? 0) >> (at & 7)) & 1;
  let at = windowBits(bytes[0] ?? 0);
  while (at + 1 < bytes.length * 8) {
    const isLast = bit(at++) === 1;
    if (isLast) return bit(at) === 1;
    // Two bits 1: metadata; a reserved bit; two bits 0: of no bytes. Then the byte is filled up.
    if (bit(at) !== 1 || bit(at + 1) !== 1 || bit(at + 3) !== 0 || bit(at + 4) !== 0) return false;
    at = (at + 5 + 7) & ~7;
  }
  return false;
}

/** Bits that the window size takes: 1, 4 or 7. */
function windowBits(first: number): number {
  if ((first & 1) === 0) return 1;
  return (first & 0x0e) !== 0 ? 4 : 7;
}
