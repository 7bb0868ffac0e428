import { createHash } from "node:crypto";
import { MAX_SHORT_TEXT_LENGTH, shortSha256 } from "./short_sha256.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Two characters for each ten bits. */
const PAIRS: readonly string[] = Array.from(
  { length: 1024 },
  (_, bits) => CROCKFORD.charAt(bits >> 5) + CROCKFORD.charAt(bits & 31),
);

/** A character is at most three bytes of UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

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
  const text =
    `${parts.bootId}\n${parts.processKey}\n${parts.connId}\n${parts.ordinal}\n${parts.eventType}\n${parts.index}`;
  return encodeTime(Math.floor(timeUs / 1000)) + encodeRandomness(hashText(text));
}

/** First three words of the SHA-256 of the text. */
function hashText(text: string): Uint32Array {
  if (text.length * MAX_BYTES_PER_CHARACTER <= MAX_SHORT_TEXT_LENGTH) return shortSha256(text);
  const digest = createHash("sha256").update(text).digest();
  return Uint32Array.of(digest.readUInt32BE(0), digest.readUInt32BE(4), digest.readUInt32BE(8));
}

/** 48 bits as ten characters; the first holds three bits. */
function encodeTime(timeMs: number): string {
  const rest = Math.max(0, timeMs) % 2 ** 48;
  const high = Math.floor(rest / 2 ** 20);
  const low = rest % 2 ** 20;
  return pair(high / 2 ** 20) + pair(high / 2 ** 10) + pair(high) + pair(low / 2 ** 10) + pair(low);
}

/** The first 80 bits as 16 characters. */
function encodeRandomness(words: Uint32Array): string {
  const first = words[0] as number;
  const second = words[1] as number;
  const third = words[2] as number;
  const head = pair(first >>> 22) + pair(first >>> 12) + pair(first >>> 2);
  const middle = pair(((first & 3) << 8) | (second >>> 24)) + pair(second >>> 14) + pair(second >>> 4);
  return head + middle + pair(((second & 15) << 6) | (third >>> 26)) + pair(third >>> 16);
}

/** The two characters of the lowest ten bits. */
function pair(bits: number): string {
  return PAIRS[Math.floor(bits) % 1024] as string;
}
