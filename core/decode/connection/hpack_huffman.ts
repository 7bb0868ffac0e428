/**
 * Huffman code of HPACK. The code is canonical: the lengths of its codes determine it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7541#appendix-B (read 2026-11-21)
 */
import { Buffer } from "node:buffer";

/** Length in bits of the code of each byte value; the end mark has 30. */
// deno-fmt-ignore
const CODE_BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];
const END_MARK = 256;
const NONE = -1;

/**
 * Steps of four bits: entry `node * 16 + nibble` holds the next node (low 16 bits), and the byte that was completed on the way
 * plus one (high bits; 0 none). The shortest code has five bits, so that a step completes at most one byte.
 */
interface Steps {
  readonly table: Int32Array;
  /** Nodes where a text may end: the padding is less than eight one bits. */
  readonly mayEnd: Uint8Array;
}

let steps: Steps | undefined;

/** Decodes `bytes`; undefined when they are no Huffman text. The result has one character a byte. */
export function decodeHuffman(bytes: Uint8Array): string | undefined {
  steps ??= buildSteps();
  const { table, mayEnd } = steps;
  const out = new Uint8Array(Math.ceil(bytes.length * 8 / 5));
  let length = 0;
  let node = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    for (let half = 0; half < 2; half++) {
      const step = table[node * 16 + (half === 0 ? byte >> 4 : byte & 15)] as number;
      if (step === NONE) return undefined;
      node = step & 0xffff;
      if (step > 0xffff) out[length++] = (step >> 16) - 1;
    }
  }
  return mayEnd[node] === 1 ? Buffer.from(out.buffer, 0, length).toString("latin1") : undefined;
}

function buildSteps(): Steps {
  const children = buildTree();
  const nodes = children.length / 2;
  const table = new Int32Array(nodes * 16);
  for (let node = 0; node < nodes; node++) {
    for (let nibble = 0; nibble < 16; nibble++) table[node * 16 + nibble] = step(children, node, nibble);
  }
  const mayEnd = new Uint8Array(nodes);
  for (let node = 0, bits = 0; bits < 8; bits++, node = children[node * 2 + 1] ?? 0) mayEnd[node] = 1;
  return { table, mayEnd };
}

/** Children of each inner node: a node number, or -2 minus the symbol of a leaf. */
function buildTree(): number[] {
  const symbols = CODE_BITS.map((_, symbol) => symbol).sort((a, b) => bitsOf(a) - bitsOf(b) || a - b);
  const children: number[] = [NONE, NONE];
  let code = 0;
  let bits = 0;
  for (const symbol of symbols) {
    code *= 2 ** (bitsOf(symbol) - bits);
    bits = bitsOf(symbol);
    let node = 0;
    for (let bit = bits - 1; bit > 0; bit--) {
      const slot = node * 2 + (Math.floor(code / 2 ** bit) & 1);
      if (children[slot] === NONE) {
        children[slot] = children.length / 2;
        children.push(NONE, NONE);
      }
      node = children[slot] ?? 0;
    }
    children[node * 2 + (code & 1)] = -2 - symbol;
    code++;
  }
  return children;
}

function bitsOf(symbol: number): number {
  return CODE_BITS[symbol] ?? 0;
}

function step(children: readonly number[], from: number, nibble: number): number {
  let node = from;
  let symbol = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[node * 2 + ((nibble >> bit) & 1)] ?? NONE;
    if (next === NONE || next === -2 - END_MARK) return NONE;
    if (next >= 0) node = next;
    else {
      symbol = -2 - next + 1;
      node = 0;
    }
  }
  return (symbol << 16) | node;
}
