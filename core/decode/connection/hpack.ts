/**
 * HPACK: header blocks → fields. After joining late, or when a block was lost, entries of the dynamic table that were added
 * before are unknown: fields that refer to them are told without what is unknown, never wrongly. References count from the
 * newest entry, so that what is added later is known again.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7541 (read 2026-11-21)
 */
import { Buffer } from "node:buffer";
import { decodeHuffman } from "./hpack_huffman.ts";
import { STATIC_TABLE } from "./hpack_static.ts";

const DEFAULT_TABLE_BYTES = 4096;
/** Largest dynamic table that is kept; of a larger one the oldest entries are unknown. */
const MAX_TABLE_BYTES = 64 * 1024;
/** Overhead of an entry (RFC 7541 4.1). */
const ENTRY_BYTES = 32;
/** Most fields, and most text of one block. */
const MAX_FIELDS = 1000;
const MAX_TEXT_BYTES = 256 * 1024;

interface Entry {
  readonly name: string | undefined;
  readonly value: string | undefined;
}

/** Takes one field; undefined is unknown. */
export type FieldSink = (name: string | undefined, value: string | undefined) => void;

const UNKNOWN: Entry = { name: undefined, value: undefined };

/** Decodes the header blocks of one direction, in order. */
export class HpackDecoder {
  /** Newest first. */
  #entries: Entry[] = [];
  #tableBytes = 0;
  #maxTableBytes = DEFAULT_TABLE_BYTES;
  /** Every entry is known: a reference beyond the table is an error. */
  #isComplete: boolean;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(joinedLate: boolean) {
    this.#isComplete = !joinedLate;
    if (joinedLate) this.#maxTableBytes = MAX_TABLE_BYTES;
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#tableBytes;
  }

  /** Blocks are missing: how far known entries moved is unknown. */
  loseState(): void {
    this.#entries = [];
    this.#tableBytes = 0;
    this.#isComplete = false;
    this.#maxTableBytes = Math.max(this.#maxTableBytes, MAX_TABLE_BYTES);
  }

  /** Reads one whole block. False when it is malformed; the fields before that were told, and the table is unknown from then on. */
  decode(block: Uint8Array, sink: FieldSink): boolean {
    this.#block = block;
    this.#at = 0;
    let textBytes = 0;
    for (let fields = 0; this.#at < block.length; fields++) {
      const entry = this.#field();
      if (entry === undefined) {
        this.loseState();
        return false;
      }
      if (entry === SIZE_UPDATE) continue;
      textBytes += (entry.name?.length ?? 0) + (entry.value?.length ?? 0);
      // The block is read to its end: the table must stay right.
      if (fields < MAX_FIELDS && textBytes <= MAX_TEXT_BYTES) sink(entry.name, entry.value);
    }
    return true;
  }

  #field(): Entry | undefined {
    const first = this.#block[this.#at] ?? 0;
    if (first >= 0x80) return this.#entry(this.#integer(7));
    if (first >= 0x40) {
      const entry = this.#literal(6);
      if (entry !== undefined) this.#add(entry);
      return entry;
    }
    if (first >= 0x20) return this.#resize(this.#integer(5));
    return this.#literal(4);
  }

  #literal(prefixBits: number): Entry | undefined {
    const index = this.#integer(prefixBits);
    if (index === undefined) return undefined;
    const name = index === 0 ? this.#string() : this.#entry(index);
    const value = this.#string();
    if (name === undefined || value === undefined) return undefined;
    return { name: typeof name === "string" ? name : name.name, value };
  }

  #entry(index: number | undefined): Entry | undefined {
    if (index === undefined || index === 0) return undefined;
    const fixed = STATIC_TABLE[index - 1];
    if (fixed !== undefined) return { name: fixed[0], value: fixed[1] };
    const entry = this.#entries[index - 1 - STATIC_TABLE.length];
    return entry ?? (this.#isComplete ? undefined : UNKNOWN);
  }

  #add(entry: Entry): void {
    this.#entries.unshift(entry);
    this.#tableBytes += sizeOf(entry);
    this.#shrink(this.#maxTableBytes);
  }

  #resize(maxBytes: number | undefined): Entry | undefined {
    if (maxBytes === undefined) return undefined;
    // An empty table is known again, whatever was in it.
    if (maxBytes === 0) this.#isComplete = true;
    if (maxBytes > MAX_TABLE_BYTES) this.#isComplete = false;
    this.#maxTableBytes = Math.min(maxBytes, MAX_TABLE_BYTES);
    this.#shrink(this.#maxTableBytes);
    return SIZE_UPDATE;
  }

  #shrink(maxBytes: number): void {
    while (this.#tableBytes > maxBytes) {
      const oldest = this.#entries.pop();
      if (oldest === undefined) break;
      this.#tableBytes -= sizeOf(oldest);
    }
  }

  /** RFC 7541 5.1; undefined when it does not end or is beyond 2^28. */
  #integer(prefixBits: number): number | undefined {
    const limit = (1 << prefixBits) - 1;
    let value = (this.#block[this.#at++] ?? 0) & limit;
    if (value < limit) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#block[this.#at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  }

  #string(): string | undefined {
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    if (this.#at >= this.#block.length) return undefined;
    const length = this.#integer(7);
    if (length === undefined || this.#at + length > this.#block.length) return undefined;
    const bytes = this.#block.subarray(this.#at, this.#at + length);
    this.#at += length;
    if (isHuffman) return decodeHuffman(bytes);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  }
}

const SIZE_UPDATE: Entry = { name: "", value: "" };

function sizeOf({ name, value }: Entry): number {
  return (name?.length ?? 0) + (value?.length ?? 0) + ENTRY_BYTES;
}
