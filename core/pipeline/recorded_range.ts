import { RECORD_HEADER_BYTES, RecordOffset } from "../capture/record_layout.ts";
import { writeRecord } from "../capture/record_codec.ts";
import { type RawData, RecordFlag } from "../model/raw_capture.ts";
import type { QueuedRecord } from "./recording_queue.ts";

/** A part of one direction of a connection, in absolute offsets; -1 and -1: nothing. */
export interface Range {
  from: number;
  to: number;
}

/** The payload of a queued data record; it was made by `writeRecord`, so its header has today's length. */
export function payloadOf(record: QueuedRecord): Uint8Array {
  const view = new DataView(record.bytes.buffer, record.bytes.byteOffset);
  return record.bytes.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + view.getUint32(RecordOffset.dataLen, true));
}

/** Where a record's call ends: what the kernel did not copy belongs to it. */
export function rangeOf(fact: RawData): Range {
  const cut = RecordFlag.truncated | RecordFlag.headsOnly;
  const isCut = (fact.flags & cut) !== 0 && (fact.flags & RecordFlag.more) === 0;
  const bytes = isCut ? Math.max(fact.bytes.length, fact.callTotal) : fact.bytes.length;
  return { from: fact.streamOffset, to: fact.streamOffset + bytes };
}

/** Makes `range` cover `by`, in place. */
export function extend(range: Range, by: Range): void {
  range.from = range.from < 0 ? by.from : Math.min(range.from, by.from);
  range.to = Math.max(range.to, by.to);
}

/** The record of a filler for `range`, with the header facts of `fact`; none where nothing was or it is too short. */
export function toFillerRecord(
  fact: RawData,
  direction: 1 | 2,
  range: Range,
  toBytes: (length: number) => Uint8Array | undefined,
  flags = 0,
): Uint8Array[] {
  const bytes = range.from < 0 ? undefined : toBytes(range.to - range.from);
  if (bytes === undefined) return [];
  return [writeRecord({ ...fact, direction, streamOffset: range.from, bytes, callTotal: bytes.length, flags })];
}
