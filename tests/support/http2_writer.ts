import { concat, type Random } from "./random.ts";

const encoder = new TextEncoder();

/** A header field. */
export type Field = readonly [name: string, value: string];

/** Client connection preface. */
export const PREFACE = encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Builds one frame. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length << 8);
  view.setUint8(3, type);
  view.setUint8(4, flags);
  view.setUint32(5, streamId);
  return concat([head, payload]);
}

/** Builds a DATA frame, padded when `padBytes` is given. */
export function dataFrame(
  streamId: number,
  content: string | Uint8Array,
  isEnd = false,
  padBytes?: number,
): Uint8Array {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  if (padBytes === undefined) return frame(0, isEnd ? 1 : 0, streamId, bytes);
  return frame(0, isEnd ? 9 : 8, streamId, concat([Uint8Array.of(padBytes), bytes, new Uint8Array(padBytes)]));
}

/** Writes the header blocks of one direction: with a dynamic table, without Huffman coding. */
export class HpackWriter {
  /** Newest first. */
  readonly #entries: string[] = [];
  #tableBytes = 0;

  /** Encodes fields; adds each to the table and refers to those already in it. */
  block(fields: readonly Field[]): Uint8Array {
    return concat(fields.map(([name, value]) => {
      const at = this.#entries.indexOf(`${name}\n${value}`);
      if (at >= 0) return integer(0x80, 7, 62 + at);
      this.#add(`${name}\n${value}`);
      return concat([Uint8Array.of(0x40), literal(name), literal(value)]);
    }));
  }

  #add(entry: string): void {
    this.#entries.unshift(entry);
    this.#tableBytes += entry.length - 1 + 32;
    while (this.#tableBytes > 4096) this.#tableBytes -= (this.#entries.pop()?.length ?? 0) - 1 + 32;
  }

  /** Encodes fields without touching the table. */
  plain(fields: readonly Field[]): Uint8Array {
    return concat(fields.map(([name, value]) => concat([Uint8Array.of(0x10), literal(name), literal(value)])));
  }

  /** Builds HEADERS, split into CONTINUATION frames at random where `random` is given. */
  headers(streamId: number, fields: readonly Field[], isEnd: boolean, random?: Random): Uint8Array {
    const block = this.block(fields);
    const end = isEnd ? 1 : 0;
    if (random === undefined || block.length < 3) return frame(1, end | 4, streamId, block);
    const at = 1 + random.below(block.length - 1);
    const pad = random.below(20);
    const first = concat([Uint8Array.of(pad), new Uint8Array(5), block.subarray(0, at), new Uint8Array(pad)]);
    return concat([frame(1, end | 0x28, streamId, first), frame(9, 4, streamId, block.subarray(at))]);
  }
}

/** Fields of a request. */
export function requestFields(method: string, path: string, more: readonly Field[] = []): Field[] {
  return [[":method", method], [":scheme", "https"], [":authority", "API.example.com"], [":path", path], ...more];
}

function literal(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concat([integer(0, 7, bytes.length), bytes]);
}

function integer(first: number, prefixBits: number, value: number): Uint8Array {
  const limit = (1 << prefixBits) - 1;
  if (value < limit) return Uint8Array.of(first | value);
  const bytes = [first | limit];
  let rest = value - limit;
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.from([...bytes, rest]);
}
