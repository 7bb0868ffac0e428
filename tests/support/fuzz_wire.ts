import assert from "node:assert/strict";
import type { ConnectionFormat, Flow } from "../../core/decode/connection/connection_format.ts";
import { ExchangeLog, testConnection } from "./exchange_log.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { cut, damage, type Random } from "./random.ts";

/** Most a parser may hold for the small inputs of these targets. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;

/**
 * Target of a connection format: damaged conversations made by `conversation`, cut at random, with gaps, evictions and a close
 * at the end. Whatever comes in: no throw, bounded memory, the order of `ExchangeSink` (checked by `ExchangeLog`), and every
 * exchange ended after the close.
 */
export function fuzzConnection(
  format: ConnectionFormat,
  conversation: (random: Random) => { readonly flow: Flow; readonly bytes: Uint8Array }[],
): FuzzTarget {
  return {
    name: format.id,
    run(random) {
      const log = new ExchangeLog();
      const connection = testConnection({ joinedLate: random.once(4) });
      const parser = format.createParser(connection, log);
      let timeNs = 1e9;
      for (const { flow, bytes } of conversation(random)) {
        timeNs += random.below(5) * 1e6;
        const input = random.once(3) ? bytes : damage(bytes, random);
        for (const piece of cut(input, random.below(4))) {
          if (random.once(20)) parser.gap(flow, random.below(40), "ring_full", timeNs);
          if (random.once(100)) parser.evict("memory", timeNs);
          if (random.once(200)) parser.advance(timeNs += 1000e9);
          if (parser.push(flow, piece, timeNs).type !== "ok") return;
          assert.ok(parser.heldBytes <= MAX_HELD_BYTES);
        }
      }
      parser.close(random.once(2) ? "complete" : "truncated", "closed", timeNs);
      assert.equal(parser.inFlight, 0);
      for (const one of log.exchanges) assert.ok(one.isEnded);
      // Equal for equal input however it is read: also proves that nothing in the log is left half told.
      assert.equal(log.lines().filter((line) => line === "  open").length, 0);
    },
  };
}
