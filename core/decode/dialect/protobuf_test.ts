import assert from "node:assert/strict";
import { protobufFuzz } from "../../../tests/fuzz/protobuf.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { writeProto } from "../../../tests/support/proto_writer.ts";
import { concat } from "../../../tests/support/random.ts";
import { proto, protoList, type ProtoSchema, readProto } from "./protobuf.ts";

const INNER: ProtoSchema = { fields: { 1: proto("text", "text") } };
const SCHEMA: ProtoSchema = {
  fields: {
    1: proto("name", "text"),
    2: protoList("list", INNER),
    3: proto("count", "integer"),
    4: proto("kind", { names: { 1: "ONE" } }),
    5: proto("any", "value"),
    6: proto("media", "media"),
  },
};

function read(...bytes: number[]) {
  return readProto(Uint8Array.of(...bytes), SCHEMA);
}

Deno.test("protobuf reads known fields and passes over others of every wire type", () => {
  const others = [0x50, 0x05, 0x59, 1, 2, 3, 4, 5, 6, 7, 8, 0x62, 1, 9, 0x6d, 1, 2, 3, 4, 0x73, 0x08, 1, 0x74];
  assert.deepEqual(read(...others, 0x0a, 2, 0x68, 0x69, 0x18, 0x80, 0x01), { name: "hi", count: 128 });
});

Deno.test("protobuf leaves out a field whose wire type is another than documented", () => {
  assert.deepEqual(read(0x08, 1, 0x1a, 1, 0x61), {});
});

Deno.test("protobuf leaves out numbers that are negative or not exact, and names unknown enumeration values by number", () => {
  const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  assert.deepEqual(read(0x18, ...minusOne), {});
  assert.deepEqual(read(0x20, 0), {});
  assert.deepEqual(read(0x20, 1), { kind: "ONE" });
  assert.deepEqual(read(0x20, 9), { kind: "9" });
});

Deno.test("protobuf gives nothing of bytes that end inside a field or break the encoding", () => {
  for (
    const bytes of [
      [0x0a],
      [0x0a, 5, 1],
      [0x18],
      [0x18, 0x80],
      [0x00],
      [0x0f],
      [0x0c],
      [0x0b],
      [0x09, 1],
      [0x0d, 1],
      [0x18, ...new Array(10).fill(0x80), 1],
      [0x12, 1, 0x0a],
    ]
  ) assert.equal(read(...bytes), undefined, bytes.join());
});

Deno.test("protobuf keeps no media, and a key that would change the object's nature stays a key", () => {
  const json = { media: "SECRET", any: JSON.parse('{"__proto__":{"x":1}}') };
  const found = readProto(writeProto(json, SCHEMA), SCHEMA);
  assert.equal(found?.["media"], "");
  assert.equal(JSON.stringify(found?.["any"]), '{"__proto__":{"x":1}}');
});

Deno.test("protobuf stops at values nested too deep, and at too many fields", () => {
  let value: Uint8Array = Uint8Array.of(0x08, 0);
  for (let i = 0; i < 200; i++) {
    const list = concat([Uint8Array.of(0x0a), lengthOf(value), value]);
    value = concat([Uint8Array.of(0x32), lengthOf(list), list]);
  }
  assert.equal(readProto(concat([Uint8Array.of(0x2a), lengthOf(value), value]), SCHEMA), undefined);
  assert.equal(readProto(new Uint8Array(2_200_000).map((_, index) => index % 2 === 0 ? 0x18 : 1), SCHEMA), undefined);
});

Deno.test("protobuf: seeded messages read as written, damaged ones never throw", () =>
  runFuzz(protobufFuzz, TEST_INPUTS));

function lengthOf({ length }: Uint8Array): Uint8Array {
  return length < 128 ? Uint8Array.of(length) : Uint8Array.of((length & 127) | 128, length >> 7);
}
