/**
 * Byte offsets of the record header, written down once more on this side of the FFI so that a start-up check and a test can
 * hold them against what the library was compiled with (`ffi/layout.ts`).
 *
 * @see ../../docs/decisions/0001-record-format.md
 */
export const RecordOffset = {
  len: 0,
  headerLen: 4,
  kind: 6,
  flags: 8,
  seq: 16,
  entryNs: 24,
  returnNs: 32,
  tgid: 40,
  tid: 44,
  processKey: 48,
  cgroupId: 56,
  connId: 64,
  streamOffset: 72,
  callTotal: 80,
  dataLen: 84,
  probeId: 88,
  direction: 90,
  binding: 91,
} as const;

/** Bytes before the payload in records of this version. */
export const RECORD_HEADER_BYTES = 96;

/** Largest whole record a reader accepts; anything longer is damage. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
