import assert from "node:assert/strict";
import { HpackDecoder } from "../../core/decode/connection/hpack.ts";
import { decodeHuffman } from "../../core/decode/connection/hpack_huffman.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import { type Field, HpackWriter } from "../support/http2_writer.ts";
import { damage, type Random } from "../support/random.ts";

/** Largest dynamic table the decoder may keep. */
const MAX_TABLE_BYTES = 64 * 1024;
/** Lengths of values; the long ones make the table evict. */
const LENGTHS = [0, 1, 9, 60, 126, 127, 200, 1900];
const NAMES = [":path", ":authority", "content-type", "x-a", "x-b", "cookie", "x-long-name-that-fills-a-table"];

/**
 * Header blocks by a writer that keeps its own table. A decoder that saw all of them gives exactly the fields; one that joined
 * late, or missed blocks, gives each field, or parts of it as unknown, never another one.
 */
export const hpackFuzz: FuzzTarget = {
  name: "hpack",
  run(random) {
    const writer = new HpackWriter();
    const whole = new HpackDecoder(false);
    const late = new HpackDecoder(true);
    const holed = new HpackDecoder(false);
    const joinsAt = random.below(6);
    for (let count = 0; count < 8; count++) {
      const fields = makeFields(random);
      const block = random.once(5) ? writer.plain(fields) : writer.block(fields);
      assert.deepEqual(read(whole, block), fields);
      if (count >= joinsAt) requireNothingWrong(read(late, block), fields);
      if (random.once(4)) holed.loseState();
      else requireNothingWrong(read(holed, block), fields);
    }
    for (const decoder of [whole, late, holed]) assert.ok(decoder.heldBytes <= MAX_TABLE_BYTES);
  },
};

/** Damaged blocks, and bytes that are none: no throw, a bounded table, at most the input's worth of fields. */
export const hpackDamageFuzz: FuzzTarget = {
  name: "hpack damaged",
  run(random) {
    const writer = new HpackWriter();
    const decoder = new HpackDecoder(random.once(2));
    for (let count = 0; count < 6; count++) {
      const block = random.once(4) ? random.bytes(random.below(60)) : damage(writer.block(makeFields(random)), random);
      let fields = 0;
      decoder.decode(block, () => fields++);
      assert.ok(fields <= block.length);
      assert.ok(decoder.heldBytes <= MAX_TABLE_BYTES);
    }
  },
};

/** Bytes as Huffman text: no throw, never longer than the shortest code allows. */
export const huffmanFuzz: FuzzTarget = {
  name: "hpack huffman",
  run(random) {
    const bytes = random.bytes(random.below(40));
    const text = decodeHuffman(bytes);
    if (text !== undefined) assert.ok(text.length <= Math.ceil(bytes.length * 8 / 5));
  },
};

function makeFields(random: Random): Field[] {
  return Array.from(
    { length: random.below(7) },
    (): Field => [random.pick(NAMES), `${random.below(4)}${"v".repeat(random.pick(LENGTHS))}`],
  );
}

type Told = readonly (readonly [string | undefined, string | undefined])[];

function read(decoder: HpackDecoder, block: Uint8Array): Told {
  const fields: [string | undefined, string | undefined][] = [];
  assert.ok(decoder.decode(block, (name, value) => fields.push([name, value])));
  return fields;
}

function requireNothingWrong(told: Told, fields: readonly Field[]): void {
  assert.equal(told.length, fields.length);
  for (const [index, [name, value]] of told.entries()) {
    if (name !== undefined) assert.equal(name, fields[index]?.[0]);
    if (value !== undefined) assert.equal(value, fields[index]?.[1]);
  }
}
