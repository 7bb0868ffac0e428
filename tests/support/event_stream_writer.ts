import { crc32 } from "node:zlib";
import { concat } from "./random.ts";

const encoder = new TextEncoder();
const STRING = 7;

/** A header of a frame whose value is text. */
export function textHeader(name: string, value: string): Uint8Array {
  return anyHeader(name, STRING, concat([Uint8Array.of(0, value.length), encoder.encode(value)]));
}

/** A header of a frame of any type, its value as it stands on the wire. */
export function anyHeader(name: string, type: number, value: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(name.length), encoder.encode(name), Uint8Array.of(type), value]);
}

/** A frame of an AWS event stream, with both of its checksums. */
export function eventStreamFrame(headers: readonly Uint8Array[], payload: string): Uint8Array {
  const head = concat([...headers]);
  const content = encoder.encode(payload);
  const bytes = new Uint8Array(16 + head.length + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(head, 12);
  bytes.set(content, 12 + head.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)));
  return bytes;
}
