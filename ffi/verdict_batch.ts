import type { Verdict, VerdictLevel } from "../core/model/verdict.ts";

/** Bytes of one verdict in a batch. */
export const VERDICT_BYTES = 24;

/** Byte offsets within one verdict; `tests/layout_test.ts` holds them against the library's own. */
export const VerdictOffset = { connId: 0, sentOffset: 8, level: 16 } as const;

const LEVELS: Readonly<Record<VerdictLevel, number>> = { open: 0, heads: 1, stop: 2 };
const TWO_32 = 0x1_0000_0000;

/** Gives the binary batch that `oisp_verdicts` reads. */
export function toVerdictBatch(verdicts: readonly Verdict[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(verdicts.length * VERDICT_BYTES);
  const view = new DataView(bytes.buffer);
  verdicts.forEach((verdict, index) => {
    const at = index * VERDICT_BYTES;
    writeU64(view, at + VerdictOffset.connId, verdict.connId);
    writeU64(view, at + VerdictOffset.sentOffset, verdict.sentOffset);
    view.setUint32(at + VerdictOffset.level, LEVELS[verdict.level], true);
  });
  return bytes;
}

function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % TWO_32, true);
  view.setUint32(at + 4, Math.floor(value / TWO_32), true);
}
