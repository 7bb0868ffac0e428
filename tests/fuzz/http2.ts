import type { Flow } from "../../core/decode/connection/connection_format.ts";
import { http2 } from "../../core/decode/connection/http2.ts";
import { fuzzConnection } from "../support/fuzz_wire.ts";
import { dataFrame, frame, HpackWriter, PREFACE, requestFields } from "../support/http2_writer.ts";
import { concat, type Random } from "../support/random.ts";

/** Damaged and cut HTTP/2 conversations with interleaved streams. */
export const http2Fuzz = fuzzConnection(http2, (random) => {
  const steps: { flow: Flow; bytes: Uint8Array }[] = [{ flow: "request", bytes: concat([PREFACE, frame(4, 0, 0)]) }];
  const client = new HpackWriter();
  const server = new HpackWriter();
  for (let count = 1 + random.below(8), streamId = 1; count > 0; count--, streamId += 2) {
    steps.push({
      flow: "request",
      bytes: client.headers(streamId, requestFields("POST", `/p${streamId % 3}`), false, random),
    });
    steps.push({ flow: "request", bytes: dataFrame(streamId, "x".repeat(random.below(50)), true, random.below(9)) });
    steps.push({ flow: "response", bytes: server.headers(streamId, [[":status", "200"], ["x", "y"]], false) });
    steps.push({ flow: "response", bytes: dataFrame(streamId, "y".repeat(random.below(50)), random.once(2)) });
    if (random.once(3)) steps.push({ flow: "response", bytes: other(random, streamId) });
  }
  return steps;
});

function other(random: Random, streamId: number): Uint8Array {
  return random.pick([
    frame(2, 0, streamId, new Uint8Array(5)),
    frame(3, 0, streamId, new Uint8Array(4)),
    frame(4, 1, 0),
    frame(5, 4, streamId, Uint8Array.of(0, 0, 0, 2, 0x88)),
    frame(6, 0, 0, new Uint8Array(8)),
    frame(7, 0, 0, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0)),
    frame(8, 0, streamId, new Uint8Array(4)),
    frame(9, 4, streamId, Uint8Array.of(0x88)),
    frame(0xa, 0, 0, new Uint8Array(3)),
  ]);
}
