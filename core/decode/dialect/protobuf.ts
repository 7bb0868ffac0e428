/**
 * Reads protobuf messages by a table of their fields into the JSON that the same API speaks (proto3 JSON mapping, camelCase), so
 * that one decoder serves both. Fields in no table are skipped. Never throws; bounded in depth and in number of fields.
 *
 * @see https://protobuf.dev/programming-guides/encoding/ (read 2026-11-21)
 */
import { decodeUtf8 } from "../body/utf8_text.ts";
import type { JsonRecord } from "./json_access.ts";
import { ProtoFields } from "./protobuf_wire.ts";

/** What a field holds. `media` bytes are not kept: they become "". `floats` keep their number only. */
export type ProtoKind =
  | "text"
  | "integer"
  | "flag"
  | "float"
  | "double"
  | "media"
  | "floats"
  | "struct"
  | "value"
  | ProtoEnum
  | ProtoSchema;

/** Names of an enumeration by number; the number 0 that says nothing is left out, unknown numbers become their digits. */
export interface ProtoEnum {
  readonly names: Readonly<Record<number, string>>;
}

/** One field. */
export interface ProtoField {
  readonly name: string;
  readonly kind: ProtoKind;
  readonly isList?: boolean;
}

/** The fields of a message by number. */
export interface ProtoSchema {
  readonly fields: Readonly<Record<number, ProtoField>>;
}

/** A message that contains itself (values, structures) goes at most so deep. */
const MAX_DEPTH = 64;
/** Fields of one message with all that is in it. */
const MAX_FIELDS = 1_000_000;

/** Gives a message as JSON; undefined when the bytes are no message, or are too deep or too many. */
export function readProto(bytes: Uint8Array, schema: ProtoSchema): JsonRecord | undefined {
  return new ProtoReader().message(bytes, schema, 0);
}

/** Makes a field. */
export function proto(name: string, kind: ProtoKind): ProtoField {
  return { name, kind };
}

/** Makes a repeated field. */
export function protoList(name: string, kind: ProtoKind): ProtoField {
  return { name, kind, isList: true };
}

class ProtoReader {
  #fieldsLeft = MAX_FIELDS;

  message(bytes: Uint8Array, { fields }: ProtoSchema, depth: number): JsonRecord | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const record: Record<string, unknown> = {};
    const wire = new ProtoFields(bytes);
    while (wire.next()) {
      if (--this.#fieldsLeft < 0) return undefined;
      const field = fields[wire.number];
      if (field === undefined) continue;
      const value = this.#value(wire, field.kind, depth);
      if (value === undefined) return undefined;
      if (value !== SKIPPED) add(record, field, value);
    }
    return wire.isBroken ? undefined : record;
  }

  /** A field's value; `SKIPPED` when its wire type is another than the table says. */
  #value(wire: ProtoFields, kind: ProtoKind, depth: number): unknown {
    if (typeof kind === "string") return this.#plain(wire, kind, depth);
    if ("names" in kind) {
      const number = wire.varint;
      return number === undefined ? SKIPPED : kind.names[number] ?? (number === 0 ? SKIPPED : String(number));
    }
    return wire.bytes === undefined ? SKIPPED : this.message(wire.bytes, kind, depth + 1);
  }

  #plain(wire: ProtoFields, kind: Extract<ProtoKind, string>, depth: number): unknown {
    const { bytes, varint } = wire;
    switch (kind) {
      case "integer":
        return varint ?? SKIPPED;
      case "flag":
        return varint === undefined ? SKIPPED : varint !== 0;
      case "float":
        return wire.float ?? SKIPPED;
      case "double":
        return wire.double ?? SKIPPED;
      case "text":
        return bytes === undefined ? SKIPPED : decodeUtf8(bytes);
      case "media":
        return bytes === undefined ? SKIPPED : "";
      case "floats":
        return bytes === undefined ? SKIPPED : new Array(Math.floor(bytes.length / 4)).fill(0);
      case "struct":
        return bytes === undefined ? SKIPPED : this.#struct(bytes, depth + 1);
      case "value":
        return bytes === undefined ? SKIPPED : this.#any(bytes, depth + 1);
    }
  }

  /** `google.protobuf.Struct`: a map whose entries are messages with a key and a value. */
  #struct(bytes: Uint8Array, depth: number): Record<string, unknown> | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const record: Record<string, unknown> = {};
    const entries = new ProtoFields(bytes);
    while (entries.next()) {
      if (entries.number !== 1 || entries.bytes === undefined) continue;
      let key = "";
      let value: unknown = null;
      const entry = new ProtoFields(entries.bytes);
      while (entry.next()) {
        if (--this.#fieldsLeft < 0) return undefined;
        if (entry.number === 1 && entry.bytes !== undefined) key = decodeUtf8(entry.bytes);
        else if (entry.number === 2 && entry.bytes !== undefined) value = this.#any(entry.bytes, depth + 1);
        if (value === undefined) return undefined;
      }
      if (entry.isBroken) return undefined;
      // A plain assignment to this name would set the object's prototype.
      Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return entries.isBroken ? undefined : record;
  }

  /** `google.protobuf.Value`; the last of several wins. */
  #any(bytes: Uint8Array, depth: number): unknown {
    if (depth > MAX_DEPTH) return undefined;
    let value: unknown = null;
    const wire = new ProtoFields(bytes);
    while (wire.next()) {
      if (--this.#fieldsLeft < 0) return undefined;
      if (wire.number === 1) value = null;
      else if (wire.number === 2) value = wire.double ?? value;
      else if (wire.number === 3 && wire.bytes !== undefined) value = decodeUtf8(wire.bytes);
      else if (wire.number === 4 && wire.varint !== undefined) value = wire.varint !== 0;
      else if (wire.number === 5 && wire.bytes !== undefined) value = this.#struct(wire.bytes, depth + 1);
      else if (wire.number === 6 && wire.bytes !== undefined) value = this.#list(wire.bytes, depth + 1);
      if (value === undefined) return undefined;
    }
    return wire.isBroken ? undefined : value;
  }

  #list(bytes: Uint8Array, depth: number): unknown[] | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const list: unknown[] = [];
    const wire = new ProtoFields(bytes);
    while (wire.next()) {
      if (--this.#fieldsLeft < 0) return undefined;
      if (wire.number !== 1 || wire.bytes === undefined) continue;
      const value = this.#any(wire.bytes, depth + 1);
      if (value === undefined) return undefined;
      list.push(value);
    }
    return wire.isBroken ? undefined : list;
  }
}

const SKIPPED = Symbol("skipped");

function add(record: Record<string, unknown>, { name, isList }: ProtoField, value: unknown): void {
  if (!isList) record[name] = value;
  else if (Array.isArray(record[name])) record[name].push(value);
  else record[name] = [value];
}
