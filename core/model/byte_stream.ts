/**
 * Takes the ordered bytes of one direction of one connection, with its gaps. Every stream offset is told exactly once: as bytes
 * or as part of a gap.
 */
export interface ByteStream {
  /** Next bytes, in order. The view is valid only during the call. */
  bytes(bytes: Uint8Array, timeNs: number): void;
  /** The next `lostBytes` bytes will never come. */
  gap(lostBytes: number, reason: string, timeNs: number): void;
}
