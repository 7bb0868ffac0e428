import type { Plugin } from "../../model/plugin.ts";

/** One message of a body: a whole JSON document, one server-sent event, one NDJSON line, one event-stream frame. */
export interface BodyMessage {
  /** Event name: SSE `event`, event stream `:event-type`, multipart part name. Absent when the format has none. */
  readonly name?: string;
  /** The message's text (binary frames: payload decoded as UTF-8). */
  readonly text: string;
  /** Further facts, lower-case names: event stream headers, multipart part headers. */
  readonly headers?: ReadonlyMap<string, string>;
  /** Bytes a dialect may read, as a copy: a protobuf message, a part of another stream. Absent for long ones, which are only counted. */
  readonly bytes?: Uint8Array;
  /** The text is only what is whole of a message that was cut. */
  readonly isPart?: boolean;
}

/** Takes the messages of one body. */
export interface BodyMessageSink {
  /** Next message, with the time of the byte that completed it. */
  message(message: BodyMessage, timeNs: number): void;
  /** Something is wrong or missing; `reason` is a stable code such as `gap`, `bomb`, `crc`, `limit`, `encoding`. */
  problem(reason: string): void;
}

/** Splits one decoded body into messages, incrementally. Never throws on input; bounded memory. */
export interface BodyParser {
  /** Next bytes after content decoding. The view is valid only during the call. */
  push(bytes: Uint8Array, timeNs: number): void;
  /** Bytes are missing here. */
  gap(lostBytes: number): void;
  /** End of the body: emits what is complete. `isComplete` false: the body was cut. */
  end(isComplete: boolean, timeNs: number): void;
  /** Bytes held right now. */
  readonly heldBytes: number;
}

/** One body framing. */
export interface BodyFormat extends Plugin {
  /** The specification it follows. */
  readonly specUrl: string;
  /** 0..1: how surely a body with this content type (lower case, with parameters; "" when absent) and these first bytes is this format. */
  sniff(contentType: string, firstBytes: Uint8Array): number;
  /** A body of this format shows by itself whether it is whole. */
  readonly showsItsEnd?: true;
  /** Creates the parser of one body. */
  createParser(sink: BodyMessageSink, contentType: string): BodyParser;
}
