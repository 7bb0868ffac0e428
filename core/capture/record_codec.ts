/**
 * The binary record ⇄ `RawCapture`. What comes in: blocks of whole records, from the library's buffers or from a recording.
 * What goes out: one fact a record; the bytes of `data` facts are views of the block.
 *
 * @see ../../docs/decisions/0001-record-format.md
 */
import type { RawCapture, RawHeader } from "../model/raw_capture.ts";
import { RecordKind } from "../model/raw_capture.ts";
import { FIELD_TABLES, isRecord, MAX_PAYLOAD_BYTES, readFields, writeFields } from "./fact_fields.ts";
import { MAX_RECORD_BYTES, RECORD_HEADER_BYTES, RecordOffset as At } from "./record_layout.ts";

const TWO_32 = 0x1_0000_0000;
const ALIGNMENT = 8;
const KIND_NAMES = new Map<number, RawCapture["kind"]>(
  Object.entries(RecordKind).map(([name, code]) => [code, name as RawCapture["kind"]]),
);
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** How far `readRecords` came. */
export interface RecordsRead {
  /** Bytes of whole records taken. */
  readonly consumed: number;
  /** Set when the bytes at `consumed` cannot be a record; nothing after them can be read. */
  readonly damage?: string;
}

/** What a reader left out so far. Sums only grow. */
export interface RecordCounters {
  /** Records handed on. */
  records: number;
  /** Records of a kind this version does not know. */
  unknownKinds: number;
  /** Control records whose payload is not what its kind needs. */
  badPayloads: number;
}

/** Counters at zero. */
export function createRecordCounters(): RecordCounters {
  return { records: 0, unknownKinds: 0, badPayloads: 0 };
}

/**
 * Reads whole records from the front of `bytes` and hands each on. Never throws on input; stops before a record that is not
 * whole or not valid, and after one for which `take` gave false.
 */
export function readRecords(
  bytes: Uint8Array,
  counters: RecordCounters,
  take: (fact: RawCapture) => boolean,
): RecordsRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= bytes.byteLength) {
    const len = view.getUint32(at, true);
    const headerLen = view.getUint16(at + At.headerLen, true);
    const damage = findDamage(len, headerLen, view.getUint32(at + At.dataLen, true));
    if (damage !== undefined) return { consumed: at, damage };
    if (at + len > bytes.byteLength) break;
    const fact = readRecord(bytes, view, at, headerLen, counters);
    at += len;
    if (fact !== undefined && !take(fact)) break;
  }
  return { consumed: at };
}

function findDamage(len: number, headerLen: number, dataLen: number): string | undefined {
  if (headerLen < RECORD_HEADER_BYTES) return `header of ${headerLen} bytes`;
  if (len < headerLen || len % ALIGNMENT !== 0 || len > MAX_RECORD_BYTES) return `record of ${len} bytes`;
  if (headerLen + dataLen > len) return `payload of ${dataLen} bytes in a record of ${len}`;
  return undefined;
}

function readRecord(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  headerLen: number,
  counters: RecordCounters,
): RawCapture | undefined {
  const kind = view.getUint16(at + At.kind, true);
  const start = at + headerLen;
  const end = start + view.getUint32(at + At.dataLen, true);
  if (kind !== RecordKind.data) return readControl(bytes, view, at, kind, start, end, counters);
  const direction = bytes[at + At.direction];
  if (direction !== 1 && direction !== 2) {
    counters.badPayloads++;
    return undefined;
  }
  counters.records++;
  // One literal with every field: all data facts share one shape, and nothing but it and the view is allocated.
  return {
    kind: "data",
    seq: readU64(view, at + At.seq),
    entryNs: readU64(view, at + At.entryNs),
    returnNs: readU64(view, at + At.returnNs),
    tgid: view.getUint32(at + At.tgid, true),
    tid: view.getUint32(at + At.tid, true),
    processKey: readU64(view, at + At.processKey),
    cgroupId: readU64(view, at + At.cgroupId),
    connId: readU64(view, at + At.connId),
    direction,
    streamOffset: readU64(view, at + At.streamOffset),
    bytes: bytes.subarray(start, end),
    flags: view.getUint32(at + At.flags, true),
    callTotal: view.getUint32(at + At.callTotal, true),
    probeId: view.getUint16(at + At.probeId, true),
  };
}

function readU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

function readHeader(view: DataView, at: number): RawHeader {
  return {
    seq: readU64(view, at + At.seq),
    entryNs: readU64(view, at + At.entryNs),
    returnNs: readU64(view, at + At.returnNs),
    tgid: view.getUint32(at + At.tgid, true),
    tid: view.getUint32(at + At.tid, true),
    processKey: readU64(view, at + At.processKey),
    cgroupId: readU64(view, at + At.cgroupId),
    connId: readU64(view, at + At.connId),
  };
}

function readControl(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  kind: number,
  start: number,
  end: number,
  counters: RecordCounters,
): RawCapture | undefined {
  const name = KIND_NAMES.get(kind);
  if (name === undefined) {
    counters.unknownKinds++;
    return undefined;
  }
  const fact: Record<string, unknown> = { kind: name, ...readHeader(view, at) };
  if (!readPayload(name, parseJson(bytes.subarray(start, end)), view.getUint8(at + At.direction), fact)) {
    counters.badPayloads++;
    return undefined;
  }
  counters.records++;
  return fact as unknown as RawCapture;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_PAYLOAD_BYTES) return undefined;
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

function readPayload(
  name: RawCapture["kind"],
  json: unknown,
  headerDirection: number,
  fact: Record<string, unknown>,
): boolean {
  if (name === "clock") return readClock(json, fact);
  const table = FIELD_TABLES[name];
  if (table === undefined || !readFields(json, table, fact)) return false;
  if (name === "loss") fact.direction = readDirection(isRecord(json) ? json.direction : undefined, headerDirection);
  return true;
}

function readDirection(value: unknown, headerDirection: number): number {
  const direction = value ?? headerDirection;
  return direction === 1 || direction === 2 ? direction : 0;
}

function readClock(json: unknown, fact: Record<string, unknown>): boolean {
  if (!isRecord(json) || typeof json.boot_ns !== "number" || typeof json.realtime_ns !== "string") return false;
  if (!/^\d{4,19}$/.test(json.realtime_ns) || !Number.isFinite(json.boot_ns) || json.boot_ns < 0) return false;
  fact.bootNs = json.boot_ns;
  // The text loses its last three digits here, before it becomes a number: µs since 1970 are exact, ns are not.
  fact.offsetUs = Number(json.realtime_ns.slice(0, -3)) - Math.floor(json.boot_ns / 1000);
  return true;
}

/** Gives the record of a fact, padded to 8 bytes: what `readRecords` turns into an equal fact. */
export function writeRecord(fact: RawCapture): Uint8Array {
  const payload = fact.kind === "data" ? fact.bytes : encoder.encode(JSON.stringify(toPayload(fact)));
  const len = RECORD_HEADER_BYTES + payload.length + (ALIGNMENT - payload.length % ALIGNMENT) % ALIGNMENT;
  const bytes = new Uint8Array(len);
  const view = new DataView(bytes.buffer);
  view.setUint32(At.len, len, true);
  view.setUint16(At.headerLen, RECORD_HEADER_BYTES, true);
  view.setUint16(At.kind, RecordKind[fact.kind], true);
  view.setUint32(At.dataLen, payload.length, true);
  writeHeader(view, fact);
  if (fact.kind === "data") {
    view.setUint32(At.flags, fact.flags, true);
    writeU64(view, At.streamOffset, fact.streamOffset);
    view.setUint32(At.callTotal, fact.callTotal, true);
    view.setUint16(At.probeId, fact.probeId, true);
  }
  if (fact.kind === "data" || fact.kind === "loss") view.setUint8(At.direction, fact.direction);
  bytes.set(payload, RECORD_HEADER_BYTES);
  return bytes;
}

function writeHeader(view: DataView, fact: RawHeader): void {
  writeU64(view, At.seq, fact.seq);
  writeU64(view, At.entryNs, fact.entryNs);
  writeU64(view, At.returnNs, fact.returnNs);
  view.setUint32(At.tgid, fact.tgid, true);
  view.setUint32(At.tid, fact.tid, true);
  writeU64(view, At.processKey, fact.processKey);
  writeU64(view, At.cgroupId, fact.cgroupId);
  writeU64(view, At.connId, fact.connId);
}

function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % TWO_32, true);
  view.setUint32(at + 4, Math.floor(value / TWO_32), true);
}

function toPayload(fact: Exclude<RawCapture, { kind: "data" }>): Record<string, unknown> {
  if (fact.kind === "clock") {
    return { boot_ns: fact.bootNs, realtime_ns: `${Math.floor(fact.bootNs / 1000) + fact.offsetUs}000` };
  }
  const table = FIELD_TABLES[fact.kind];
  return table === undefined ? {} : writeFields(fact, table);
}
