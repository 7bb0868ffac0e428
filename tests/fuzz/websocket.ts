import zlib from "node:zlib";
import type { ConnectionFormat, ConnectionParser, Flow } from "../../core/decode/connection/connection_format.ts";
import { http1 } from "../../core/decode/connection/http1.ts";
import { websocket } from "../../core/decode/connection/websocket.ts";
import { fuzzConnection } from "../support/fuzz_wire.ts";
import { concat, type Random } from "../support/random.ts";
import { wsFrame, wsUpgrade } from "../support/websocket_writer.ts";

/** Follows the upgrade as the decoder does, so that the target sees one connection. */
const upgraded: ConnectionFormat = {
  ...websocket,
  createParser(connection, sink) {
    let parser: ConnectionParser = http1.createParser({ ...connection, joinedLate: false }, sink);
    const { request, response } = wsUpgrade("permessage-deflate");
    parser.push("request", request, 1);
    const outcome = parser.push("response", response, 1);
    if (outcome.type === "switch" && websocket.createUpgraded !== undefined) {
      parser = websocket.createUpgraded(connection, sink, outcome.handover);
    }
    return parser;
  },
};

/** Damaged and cut WebSocket sessions after the upgrade. */
export const websocketFuzz = fuzzConnection(upgraded, (random) => {
  const steps: { flow: Flow; bytes: Uint8Array }[] = [];
  for (let count = 1 + random.below(8); count > 0; count--) {
    const flow = random.pick(["request", "response"] as const);
    steps.push({ flow, bytes: message(random, flow === "request") });
  }
  return steps;
});

function message(random: Random, isMasked: boolean): Uint8Array {
  const text = random.pick(["{}", "", "x".repeat(random.below(400)), '{"a":[1,2,3]}']);
  switch (random.below(5)) {
    case 0:
      return wsFrame(
        0xc1,
        zlib.deflateRawSync(text, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).subarray(0, -4),
        isMasked,
      );
    case 1:
      return concat([wsFrame(0x01, text, isMasked), wsFrame(0x89, "", isMasked), wsFrame(0x80, text, isMasked)]);
    case 2:
      return wsFrame(random.pick([0x82, 0x88, 0x8a, 0xf1]), text.slice(0, 100), isMasked);
    default:
      return wsFrame(0x81, text, isMasked);
  }
}
