/** An HTTP/2 connection seen from its start, with a writer for each side. */
import { ExchangeLog, testConnection } from "./exchange_log.ts";
import { dataFrame, type Field, frame, HpackWriter, PREFACE, requestFields } from "./http2_writer.ts";
import { concat, cut } from "./random.ts";
import type { Flow } from "../../core/decode/connection/connection_format.ts";
import { http2 } from "../../core/decode/connection/http2.ts";

/** Header fields of an answer. */
export const OK_FIELDS: Field[] = [[":status", "200"], ["content-type", "application/json"]];

/** A connection seen from its start, with a writer for each side. */
export class Conversation {
  readonly log = new ExchangeLog();
  readonly client = new HpackWriter();
  readonly server = new HpackWriter();
  readonly parser;
  timeNs = 0;

  constructor(readonly seed = 0, joinedLate = false) {
    this.parser = http2.createParser(testConnection({ joinedLate }), this.log);
  }

  push(flow: Flow, ...frames: Uint8Array[]): void {
    this.timeNs += 10;
    for (const piece of cut(concat(frames), this.seed)) this.parser.push(flow, piece, this.timeNs);
  }

  call(streamId: number, path: string): void {
    this.push("request", this.client.headers(streamId, requestFields("GET", path), true));
    this.push("response", this.server.headers(streamId, OK_FIELDS, false), dataFrame(streamId, path, true));
  }
}

/** What a client sends first. */
export const PREAMBLE = [PREFACE, frame(4, 0, 0, Uint8Array.of(0, 3, 0, 0, 0, 100))];
