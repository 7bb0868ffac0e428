/** The bytes of a recording, joined per connection and direction, to be compared with what the stand-in wrote and read. */
import { recording } from "../../core/capture/recording.ts";
import { Buffer } from "node:buffer";

/** Both directions of one connection. */
export interface RecordedConnection {
  readonly sent: Buffer;
  readonly received: Buffer;
}

/** Reads a recording. Holes are not filled: a body across one is not found again. */
export async function readRecordedBytes(path: string): Promise<RecordedConnection[]> {
  const connections = new Map<number, { sent: Uint8Array[]; received: Uint8Array[] }>();
  const run = await recording.open({ from: path });
  await run.run({
    raw: (fact) => {
      if (fact.kind !== "data") return;
      const parts = connections.get(fact.connId) ?? { sent: [], received: [] };
      connections.set(fact.connId, parts);
      (fact.direction === 1 ? parts.sent : parts.received).push(fact.bytes.slice());
    },
    exchange: () => {},
  });
  return [...connections.values()].map(({ sent, received }) => ({
    sent: Buffer.concat(sent),
    received: dechunk(Buffer.concat(received)),
  }));
}

/** Takes chunk heads out, so that bodies stand in one piece; heads of answers stay where they are. */
function dechunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf("\r\n\r\n", at);
    if (end < 0) break;
    const head = bytes.subarray(at, end + 4).toString("latin1");
    parts.push(bytes.subarray(at, end + 4));
    at = end + 4;
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      parts.push(bytes.subarray(at, at += Number(length)));
      continue;
    }
    for (;;) {
      const line = bytes.indexOf("\r\n", at);
      const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
      if (line < 0 || Number.isNaN(size)) return Buffer.concat(parts);
      parts.push(bytes.subarray(line + 2, line + 2 + size));
      at = line + 2 + size + 2;
      if (size === 0) break;
    }
  }
  return Buffer.concat(parts);
}
