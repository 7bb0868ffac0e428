import type { Endpoint } from "./raw_capture.ts";

/**
 * How much of a message or exchange is there: `complete`; `in_flight` not ended yet; `truncated` cut by a limit, memory or the
 * end of capture; `gap` bytes are missing inside; `joined_late` its beginning was before capture; `aborted` closed by a peer
 * before its end.
 */
export type Completeness = "complete" | "in_flight" | "truncated" | "gap" | "joined_late" | "aborted";

/** The connection an exchange was seen on. */
export interface ConnectionFacts {
  readonly connId: number;
  readonly processKey: number;
  readonly tgid: number;
  readonly tid: number;
  readonly cgroupId: number;
  /** `tls` for captured TLS plaintext, `plain` for plain HTTP, `input` for text inputs without a connection. */
  readonly transport: "tls" | "plain" | "input";
  readonly library?: string;
  local?: Endpoint;
  remote?: Endpoint;
  joinedLate: boolean;
  serverSide: boolean;
  /** Records say what the other direction lost before them; where they do not, nothing was lost. */
  readonly tellsLoss?: true;
}

/**
 * Header fields of one message. Names are lower case; several lines of one name are joined by ", " (`set-cookie` by "\n").
 * Pseudo headers of HTTP/2 are not in here.
 */
export type HttpHeaders = ReadonlyMap<string, string>;

/** One direction of an exchange. Bodies do not lie here: they flow through the body pipeline once (see `BodySink`). */
export interface HttpMessage {
  readonly headers: HttpHeaders;
  /** Some header fields could not be known (HPACK state lost before capture): one that is not in `headers` may have been sent. */
  readonly hasUnknownFields?: true;
  /** Boot-clock time of the first and of the last byte seen so far. */
  readonly firstByteNs: number;
  lastByteNs: number;
  /** Body bytes as on the wire, after transfer coding, before content coding. */
  wireBodyBytes: number;
  completeness: Completeness;
  /** Why `completeness` is not `complete`: reason codes such as `ring_full`, `idle_timeout`, `closed`. */
  reasons: string[];
}

/** A request. `authority` and `path` are absent when HPACK state was lost before capture. */
export interface HttpRequest extends HttpMessage {
  readonly method: string;
  /** Path with query as sent, for example `/v1/chat/completions?api-version=1`. */
  readonly target: string;
  /** Path without query. */
  readonly path: string;
  /** Host (with a non-default port), lower case: `Host`, `:authority` or the absolute target. */
  readonly host?: string;
}

/** A response head with its status. */
export interface HttpResponse extends HttpMessage {
  readonly status: number;
  /** Its body ends with the connection and with nothing else: that it is whole shows in the body alone. */
  readonly isUntilClose?: true;
}

/**
 * What a text input says about the times of an exchange: `span` its start and its end, `moment` one time, which stands for both,
 * `none` nothing. An answer that no message asked for has a `moment`: nothing tells when its request was made.
 */
export type KnownTimes = "span" | "moment" | "none";

/** A request and what came back, as it arrives. */
export interface HttpExchange {
  readonly connection: ConnectionFacts;
  /** Number on its connection, from 0 in order of request. */
  readonly ordinal: number;
  readonly protocol: "http/1.0" | "http/1.1" | "h2" | "websocket";
  readonly request: HttpRequest;
  response?: HttpResponse;
  /** Free facts of text inputs: the line's `id`, published as `attrs.exchange_id`. */
  readonly inputId?: string;
  /** Text inputs, and answers on a socket that no message asked for. Absent: every byte has its own time. */
  readonly knownTimes?: KnownTimes;
  /**
   * Requests of the connection were lost: that the answer belongs to this request is likely, because nothing speaks against a
   * client that waits for each answer, and no more than that.
   */
  isPairingAssumed?: true;
}
