import { deepStrictEqual as equals, strictEqual as is } from "node:assert";
import { DIRECTION, FLAG, KIND, LEVEL, RECORD, VERDICT } from "../ffi/layout.ts";
import { toVerdictBatch, VERDICT_BYTES, VerdictOffset } from "../ffi/verdict_batch.ts";
import { assertLayout } from "../core/capture/ebpf.ts";
import { RECORD_HEADER_BYTES, RecordOffset } from "../core/capture/record_layout.ts";
import { RECEIVED, RecordFlag, RecordKind, SENT } from "../core/model/raw_capture.ts";

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
}

function snakeKeys(object: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [snake(name), value]));
}

/** The table of docs/decisions/0001-record-format.md: offset and type of each field. */
function documentedFields(): Record<string, number> {
  const text = Deno.readTextFileSync(new URL("../docs/decisions/0001-record-format.md", import.meta.url));
  const rows = text.matchAll(/^\| (\d+) \| u(\d+) \| `(\w+)` \|/gm);
  return Object.fromEntries(Array.from(rows, (row) => [row[3] ?? "", Number(row[1])]));
}

Deno.test("TypeScript and the library agree on every offset of the record header", () => {
  const { size, ...fields } = RECORD;
  is(size, RECORD_HEADER_BYTES);
  for (const [name, offset] of Object.entries(snakeKeys(RecordOffset))) {
    equals(fields[name as keyof typeof fields]?.offset, offset, name);
  }
  assertLayout();
});

Deno.test("the library agrees with the documented table", () => {
  const documented = documentedFields();
  const { size: _, ...fields } = RECORD;
  equals(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.offset])), documented);
});

Deno.test("kinds, flags and directions have the same numbers on both sides", () => {
  equals(snakeKeys(RecordKind), { ...KIND });
  equals(snakeKeys(RecordFlag), { ...FLAG });
  equals([SENT, RECEIVED], [DIRECTION.sent, DIRECTION.received]);
});

Deno.test("a verdict is written where the library reads it", () => {
  is(VERDICT_BYTES, VERDICT.size);
  equals(snakeKeys(VerdictOffset), {
    conn_id: VERDICT.conn_id.offset,
    sent_offset: VERDICT.sent_offset.offset,
    level: VERDICT.level.offset,
  });
  for (const level of ["open", "heads", "stop"] as const) {
    const batch = toVerdictBatch([{ connId: 1, level, sentOffset: 0, reason: "ai" }]);
    is(new DataView(batch.buffer).getUint32(VERDICT.level.offset, true), LEVEL[level]);
  }
});
