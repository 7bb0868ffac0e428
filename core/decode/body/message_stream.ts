/**
 * Messages of a WebSocket, in the form in which `connection/websocket.ts` hands them over: each followed by the byte 0x1E, which
 * no JSON text contains (RFC 8259 section 7: control characters are escaped).
 *
 * @see https://www.rfc-editor.org/rfc/rfc7464 for the separator (read 2026-11-21)
 */
import type { BodyFormat } from "./body_format.ts";
import { DelimitedParser } from "./delimited.ts";

/** Ends each message. */
export const RECORD_SEPARATOR = 0x1e;
/** Content type that stands for such a body; never on the wire. */
export const MESSAGE_STREAM_TYPE = "application/x-oisp-message-stream";

/** Messages of a WebSocket. */
export const messageStream: BodyFormat = {
  id: "message_stream",
  summary: "text messages of a WebSocket",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc6455",
  sniff: (contentType) => contentType === MESSAGE_STREAM_TYPE || contentType.startsWith("application/json-seq") ? 1 : 0,
  createParser: (sink) => new DelimitedParser(sink, RECORD_SEPARATOR),
};
