import { createHash } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** What an event id is made from (docs/decisions/0001-record-format.md). */
export interface EventIdParts {
  readonly bootId: string;
  readonly processKey: number;
  /** 0 where there is no connection. */
  readonly connId: number;
  /** Number of the exchange on its connection, or `seq` of the record for events that no exchange made. */
  readonly ordinal: number;
  readonly eventType: string;
  /** Counts events of one type from one source, from 0. */
  readonly index: number;
}

/**
 * Gives the ULID of an event: 48 bits of milliseconds since 1970, then the first 80 bits of SHA-256 over the parts. The same
 * facts give the same id, live and in a replay.
 */
export function toEventId(timeUs: number, parts: EventIdParts): string {
  const digest = createHash("sha256").update(
    `${parts.bootId}\n${parts.processKey}\n${parts.connId}\n${parts.ordinal}\n${parts.eventType}\n${parts.index}`,
  ).digest();
  return encodeTime(Math.floor(timeUs / 1000)) + encodeRandomness(digest);
}

function encodeTime(timeMs: number): string {
  let rest = Math.max(0, timeMs) % 2 ** 48;
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function encodeRandomness(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (let i = 0; i < 10; i++) {
    value = (value << 8) | (bytes[i] ?? 0);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += CROCKFORD.charAt((value >> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return text;
}
