/** Finds out what a connection speaks, and which end is the client: the one that sends the first request. */
import { type Direction, RECEIVED, SENT } from "../model/raw_capture.ts";
import type { ConnectionFormat } from "./connection/connection_format.ts";
import { CONNECTION_FORMATS } from "./connection/registry.ts";

/** Least sureness that counts. */
const SURE = 0.5;

/** A format with the captured process's role in it. */
export interface Detected {
  readonly format: ConnectionFormat;
  /** The captured process sends the requests. */
  readonly isClient: boolean;
}

/**
 * Looks at the first bytes of one direction of a connection seen from its start. `more`: too few bytes; `none`: they begin no
 * request of any format.
 */
export function detectRequest(direction: Direction, firstBytes: Uint8Array): Detected | "more" | "none" {
  let best: ConnectionFormat | undefined;
  let bestScore = SURE;
  let needsMore = false;
  for (const format of CONNECTION_FORMATS) {
    const score = format.sniff(firstBytes);
    if (score === undefined) needsMore = true;
    else if (score >= bestScore) {
      best = format;
      bestScore = score;
    }
  }
  if (best !== undefined) return { format: best, isClient: direction === SENT };
  return needsMore ? "more" : "none";
}

/** Looks at a record of a connection whose beginning was not seen. */
export function detectJoined(direction: Direction, bytes: Uint8Array): Detected | undefined {
  let best: Detected | undefined;
  let bestScore = SURE;
  for (const format of CONNECTION_FORMATS) {
    const asRequest = format.sniffJoined(bytes, "request");
    const asResponse = format.sniffJoined(bytes, "response");
    if (Math.max(asRequest, asResponse) < bestScore) continue;
    bestScore = Math.max(asRequest, asResponse);
    best = { format, isClient: asRequest >= asResponse ? direction === SENT : direction === RECEIVED };
  }
  return best;
}
