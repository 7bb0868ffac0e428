/** Calls on two connections as the kernel's records, and what is left of them when some are lost. */
import { type RawData, type RawHeader, RecordFlag } from "../../core/model/raw_capture.ts";
import { chatRequest, chatResponse, chatStream } from "./chat_bytes.ts";
import type { Random } from "./random.ts";

/** Calls on each of the two connections. */
export const CALLS = 5;

/** Header facts of a record. */
export function header(seq: number, connId: number): RawHeader {
  const timeNs = 1_000_000 * (seq + 1);
  return { seq, entryNs: timeNs, returnNs: timeNs, tgid: 7, tid: 7, processKey: 7, cgroupId: 0, connId };
}

/** Five calls on one connection and five on another, as records of at most so many bytes, the way the kernel gives them. */
export function records(recordBytes = 64): RawData[] {
  const facts: RawData[] = [];
  for (const connId of [1, 2]) {
    const ends = { 1: 0, 2: 0 };
    const add = (direction: 1 | 2, bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += recordBytes) {
        const part = bytes.slice(at, at + recordBytes);
        facts.push({
          kind: "data",
          ...header(facts.length, connId),
          direction,
          streamOffset: ends[direction],
          bytes: part,
          flags: 0,
          callTotal: part.length,
          probeId: 1,
        });
        ends[direction] += part.length;
      }
    };
    for (let call = 0; call < CALLS; call++) {
      add(1, chatRequest(`question ${connId}.${call}`, { stream: call % 2 === 1 }));
      if (call % 2 === 1) { for (const bytes of chatStream([`answer ${connId}.${call}`])) add(2, bytes); }
      else add(2, chatResponse(`answer ${connId}.${call}`));
    }
  }
  return facts;
}

/** What is left when a share of the records is lost, with the flag that the kernel sets on records of the other direction. */
export function lose(all: readonly RawData[], share: number, random: Random): RawData[] {
  return without(all, () => random.next() < share);
}

/** What is left without some records; the others say, as those of the kernel do, what the other direction lost before them. */
export function without(all: readonly RawData[], isLost: (index: number) => boolean): RawData[] {
  const hasHole = new Set<string>();
  return all.flatMap((fact, index) => {
    const own = `${fact.connId} ${fact.direction}`;
    const other = `${fact.connId} ${3 - fact.direction}`;
    if (isLost(index)) hasHole.add(own);
    else {
      hasHole.delete(own);
      return [{ ...fact, flags: hasHole.has(other) ? RecordFlag.otherLost : 0 }];
    }
    return [];
  });
}
