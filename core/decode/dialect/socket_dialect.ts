import type { Plugin } from "../../model/plugin.ts";
import type { Dialect, RequestHead } from "./dialect.ts";
import type { JsonRecord } from "./json_access.ts";

/** A message of an answer, and when it came; boot clock. */
export interface TimedAnswer {
  readonly text: string;
  readonly timeNs: number;
}

/** What a message of a socket means for the turn it belongs to. */
export interface TurnStep {
  /** Which of several turns that are under way at once; absent: the socket's only one. */
  readonly lane?: string;
  /** Format of the turn that begins, where it is not the socket's. */
  readonly dialect?: Dialect;
  /** The turn before, in the same lane, had ended in order when this one begins. */
  readonly endsEarlier?: boolean;
  /** A new turn begins: the request body, in the form `SocketDialect.dialect` decodes. */
  readonly request?: JsonRecord;
  /** When the request was made, where that was before this message; boot clock. */
  readonly requestNs?: number;
  /** The server began to speak without being asked: nothing tells when the request was made, so there is no latency. */
  readonly isUnasked?: boolean;
  /** Messages of the answer that came before this one and were held back, in the form the dialect's reader takes. */
  readonly earlier?: readonly TimedAnswer[];
  /** The answer's next message, in the form the dialect's reader takes. */
  readonly answer?: string;
  /** The turn has ended with this message. */
  readonly isEnd?: boolean;
}

/** Takes the messages of one socket in order and says what each means. Holds bounded state, never throws. */
export interface TurnReader {
  /** The turn that begins with the socket and ends with it, for formats whose socket is one call. */
  open?(): TurnStep;
  /** A message the client sent, and when; undefined when it means nothing for a turn. */
  client(json: JsonRecord, timeNs?: number): TurnStep | undefined;
  /** A message the server sent, and when. `text` is its text as it came, `hasTurn` tells whether a turn is open. */
  server(json: JsonRecord, text: string, hasTurn: boolean, timeNs?: number): TurnStep | undefined;
  /** The socket ends, in order or not: what is still held back. */
  close?(isOrderly: boolean): TurnStep | undefined;
}

/** A format whose calls are turns on one WebSocket. */
export interface SocketDialect extends Plugin {
  /** Vendor's API page. */
  readonly docsUrl: string;
  /** Format of each turn's request and answer. */
  readonly dialect: Dialect;
  /** Its paths are like others': it counts only on hosts whose row lists it. */
  readonly needsListing?: boolean;
  /** Tells whether an upgrade request asks for this format. */
  matchHead(head: RequestHead): boolean;
  /** Creates the reader of one socket. */
  createTurns(head: RequestHead): TurnReader;
}
