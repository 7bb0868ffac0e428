/**
 * SHA-256 of a short text, in the runtime's own language. Event ids hash about 60 characters twice per call; going through
 * `node:crypto` costs three times as much as the hash itself.
 *
 * @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final (read 2026-11-21)
 */

const BLOCK_BYTES = 64;
const MAX_BLOCKS = 8;
/** Room for the end mark and the length in the last block. */
const TRAILER_BYTES = 9;

const ROUND_WORDS = new Int32Array([
  ...[0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
  ...[0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
  ...[0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
  ...[0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
  ...[0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
  ...[0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
  ...[0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
  ...[0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
]);

const START = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** Longest text that is hashed here. */
export const MAX_SHORT_TEXT_LENGTH = MAX_BLOCKS * BLOCK_BYTES - TRAILER_BYTES;

const words = new Int32Array(BLOCK_BYTES);
const state = new Uint32Array(8);
const blocks = new Int32Array(MAX_BLOCKS * 16);
const encoder = new TextEncoder();

/**
 * Gives the eight words of the SHA-256 of a text's UTF-8 bytes. The result is overwritten by the next call.
 *
 * @throws {RangeError} when the text has more than `MAX_SHORT_TEXT_LENGTH` bytes
 */
export function shortSha256(text: string): Uint32Array {
  const blockCount = fillBlocks(text);
  state.set(START);
  for (let block = 0; block < blockCount; block++) compress(block * 16);
  return state;
}

function fillBlocks(text: string): number {
  let length = text.length;
  blocks.fill(0);
  if (length > MAX_SHORT_TEXT_LENGTH) throw new RangeError("text is too long for shortSha256");
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) {
      length = fillBytes(encoder.encode(text));
      break;
    }
    putByte(at, code);
  }
  putByte(length, 0x80);
  const blockCount = Math.ceil((length + TRAILER_BYTES) / BLOCK_BYTES);
  blocks[blockCount * 16 - 1] = length * 8;
  return blockCount;
}

function fillBytes(bytes: Uint8Array): number {
  if (bytes.length > MAX_SHORT_TEXT_LENGTH) throw new RangeError("text is too long for shortSha256");
  blocks.fill(0);
  for (let at = 0; at < bytes.length; at++) putByte(at, bytes[at] as number);
  return bytes.length;
}

function putByte(at: number, byte: number): void {
  blocks[at >> 2] = (blocks[at >> 2] as number) | (byte << (24 - (at & 3) * 8));
}

function compress(offset: number): void {
  for (let i = 0; i < 16; i++) words[i] = blocks[offset + i] as number;
  for (let i = 16; i < 64; i++) {
    const early = words[i - 15] as number;
    const late = words[i - 2] as number;
    const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[i] = ((words[i - 16] as number) + small0 + (words[i - 7] as number) + small1) | 0;
  }
  let a = wordAt(0), b = wordAt(1), c = wordAt(2), d = wordAt(3);
  let e = wordAt(4), f = wordAt(5), g = wordAt(6), h = wordAt(7);
  for (let i = 0; i < 64; i++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + (ROUND_WORDS[i] as number) + (words[i] as number)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  addWords(a, b, c, d);
  state[4] = wordAt(4) + e;
  state[5] = wordAt(5) + f;
  state[6] = wordAt(6) + g;
  state[7] = wordAt(7) + h;
}

function addWords(a: number, b: number, c: number, d: number): void {
  state[0] = wordAt(0) + a;
  state[1] = wordAt(1) + b;
  state[2] = wordAt(2) + c;
  state[3] = wordAt(3) + d;
}

/** A word of the state; signed, because sums of signed 32-bit words stay in the fast number range. */
function wordAt(index: number): number {
  return (state[index] as number) | 0;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
