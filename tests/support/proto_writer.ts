import type { ProtoKind, ProtoSchema } from "../../core/decode/dialect/protobuf.ts";
import { concat } from "./random.ts";

/** Writes JSON as the protobuf message that a table of fields describes; written for tests, from the encoding's description. */
export function writeProto(json: Readonly<Record<string, unknown>>, schema: ProtoSchema): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [number, { name, kind, isList }] of Object.entries(schema.fields)) {
    if (json[name] === undefined) continue;
    const values = isList ? json[name] as unknown[] : [json[name]];
    for (const value of values) pieces.push(writeField(Number(number), kind, value));
  }
  return concat(pieces);
}

/** Writes a whole number in groups of seven bits. */
export function writeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  while (left > 127n) {
    bytes.push(Number(left & 127n) | 128);
    left >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(left));
}

/** A message of gRPC: flags, length, bytes. */
export function writeGrpcMessage(bytes: Uint8Array, flags = 0): Uint8Array {
  const { length } = bytes;
  return concat([Uint8Array.of(flags, length >> 24, length >> 16, length >> 8, length), bytes]);
}

function writeField(number: number, kind: ProtoKind, value: unknown): Uint8Array {
  const tag = (wireType: number) => writeVarint(number * 8 + wireType);
  const long = (bytes: Uint8Array) => concat([tag(2), writeVarint(bytes.length), bytes]);
  if (kind === "text" || kind === "media") return long(new TextEncoder().encode(String(value)));
  if (kind === "integer" || kind === "flag") return concat([tag(0), writeVarint(Number(value))]);
  if (kind === "float") return concat([tag(5), new Uint8Array(new Float32Array([Number(value)]).buffer)]);
  if (kind === "double") return concat([tag(1), new Uint8Array(new Float64Array([Number(value)]).buffer)]);
  if (kind === "floats") return long(new Uint8Array(new Float32Array(value as number[]).buffer));
  if (kind === "struct") return long(writeStruct(value as Record<string, unknown>));
  if (kind === "value") return long(writeValue(value));
  if ("names" in kind) {
    const found = Object.entries(kind.names).find(([, name]) => name === value)?.[0] ?? "0";
    return concat([tag(0), writeVarint(Number(found))]);
  }
  return long(writeProto(value as Record<string, unknown>, kind));
}

function writeStruct(record: Readonly<Record<string, unknown>>): Uint8Array {
  return concat(
    Object.entries(record).map(([key, value]) => {
      const entry = concat([writeField(1, "text", key), writeField(2, "value", value)]);
      return concat([writeVarint(1 * 8 + 2), writeVarint(entry.length), entry]);
    }),
  );
}

function writeValue(value: unknown): Uint8Array {
  if (value === null) return concat([writeVarint(1 * 8), writeVarint(0)]);
  if (typeof value === "number") return writeField(2, "double", value);
  if (typeof value === "string") return writeField(3, "text", value);
  if (typeof value === "boolean") return writeField(4, "flag", value);
  if (!Array.isArray(value)) return writeField(5, "struct", value);
  const list = concat(value.map((entry) => writeField(1, "value", entry)));
  return concat([writeVarint(6 * 8 + 2), writeVarint(list.length), list]);
}
