import { appendFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import type { StandinRequest } from "./answer.ts";

/** One line of the stand-in's log: what really went over the wire, bodies in base64. */
export interface LoggedExchange {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** The client's end, `127.0.0.1:40000`. */
  readonly client: string;
  readonly request_body: string;
  readonly status: number;
  /** As written: after the content coding, before the transfer coding. */
  readonly response_body: string;
  readonly content_encoding?: string;
  /** Pauses that were kept before the first and before all pieces. */
  readonly first_pause_ms: number;
  readonly pauses_ms: number;
  /** The client went away before the end. */
  readonly aborted?: boolean;
}

/** Appends exchanges to a file as they end. */
export class ExchangeLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Starts the record of one exchange; the returned function ends it and writes the line. */
  begin(request: StandinRequest, client: string): ExchangeRecord {
    return new ExchangeRecord(this.#path, request, client);
  }
}

/** The record of one exchange on its way. */
export class ExchangeRecord {
  readonly #path: string;
  readonly #request: StandinRequest;
  readonly #client: string;
  readonly #written: Uint8Array[] = [];
  readonly #pausesMs: number[] = [];

  constructor(path: string, request: StandinRequest, client: string) {
    this.#path = path;
    this.#request = request;
    this.#client = client;
  }

  /** Notes a piece that was written after a pause. */
  wrote(bytes: Uint8Array, pauseMs: number): void {
    this.#written.push(bytes);
    this.#pausesMs.push(pauseMs);
  }

  /** Writes the line. */
  end(status: number, contentEncoding: string | undefined, isAborted: boolean): void {
    const { method, path, headers, body } = this.#request;
    const line: LoggedExchange = {
      method,
      path,
      host: headers[":authority"] ?? headers.host ?? "",
      client: this.#client,
      request_body: Buffer.from(body).toString("base64"),
      status,
      response_body: Buffer.concat(this.#written).toString("base64"),
      ...(contentEncoding === undefined ? {} : { content_encoding: contentEncoding }),
      first_pause_ms: this.#pausesMs[0] ?? 0,
      pauses_ms: this.#pausesMs.reduce((sum, pause) => sum + pause, 0),
      ...(isAborted ? { aborted: true } : {}),
    };
    appendFileSync(this.#path, JSON.stringify(line) + "\n");
  }
}
