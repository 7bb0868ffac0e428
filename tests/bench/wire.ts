import process from "node:process";
import type { BodySink, ExchangeSink } from "../../core/decode/exchange_sink.ts";
import type { ConnectionFormat, ConnectionParser, Flow } from "../../core/decode/connection/connection_format.ts";
import { http1 } from "../../core/decode/connection/http1.ts";
import { http2 } from "../../core/decode/connection/http2.ts";
import { createBodyDecoder } from "../../core/decode/body/body_decoder.ts";
import { testConnection } from "../support/exchange_log.ts";
import { dataFrame, frame, HpackWriter, PREFACE, requestFields } from "../support/http2_writer.ts";
import { concat } from "../support/random.ts";
import { median } from "./measure.ts";
import { type Bench, type BenchContext, round, type Row } from "./row.ts";

const encoder = new TextEncoder();
const NOTHING: BodySink = { data() {}, gap() {}, end() {} };
const DROPPING: ExchangeSink = { request: () => NOTHING, response: () => NOTHING, exchangeEnd() {}, undecodable() {} };
const SEGMENT = "x".repeat(200);

/** What framing alone costs, without any dialect. */
export const WIRE: Bench = {
  id: "wire",
  summary: "user CPU of framing alone: HTTP/1 pairs, streamed events, HTTP/2 streams, a large body",
  reason: () => undefined,
  run: (context) => Promise.resolve([pairs(context), events(context), streams(context), largeBody(context)]),
};

function pairs({ isQuick }: BenchContext): Row {
  const request = encoder.encode(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nAccept: application/json\r\nUser-Agent: x/1\r\n` +
      `Content-Type: application/json\r\nX-Lang: python\r\nAuthorization: Bearer ${SEGMENT.slice(0, 50)}\r\n` +
      `Content-Length: 2700\r\n\r\n${"a".repeat(2700)}`,
  );
  const response = encoder.encode(
    `HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Type: application/json\r\nX-Request-Id: 1\r\n` +
      `Server: x\r\nX-Version: 1\r\nX-Processing-Ms: 9\r\nContent-Length: 1250\r\n\r\n${"b".repeat(1250)}`,
  );
  const us = measure(isQuick, 20_000, () => {
    const parser = open(http1);
    return () => {
      parser.push("request", request, 1);
      parser.push("response", response, 2);
    };
  });
  return { bench: "wire_http1_pair", value: round(us), unit: "us", better: "lower", bar: 6, note: "3 KB + 1.5 KB" };
}

function events({ isQuick }: BenchContext): Row {
  const event = `data: ${JSON.stringify({ id: "c", choices: [{ delta: { content: SEGMENT } }] })}\n\n`;
  const chunk = encoder.encode(`${event.length.toString(16)}\r\n${event}\r\n`);
  const us = measure(isQuick, 100_000, () => {
    const sink = { message() {}, problem() {}, bodyEnd() {} };
    const headers = new Map([["content-type", "text/event-stream"]]);
    const decoder = createBodyDecoder(headers, sink, { maxDecodedBytes: Infinity });
    const parser = open(http1, { ...DROPPING, response: () => decoder });
    push(parser, "request", "GET / HTTP/1.1\r\n\r\n");
    push(parser, "response", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    return () => void parser.push("response", chunk, 3);
  });
  return {
    bench: "wire_sse_record",
    value: round(us),
    unit: "us",
    better: "lower",
    bar: 1.5,
    note: "one event of 250 B",
  };
}

function streams({ isQuick }: BenchContext): Row {
  const ids = Array.from({ length: 100 }, (_, index) => 2 * index + 1);
  const us = measure(isQuick, 50, () => () => {
    const parser = open(http2);
    const [client, server] = [new HpackWriter(), new HpackWriter()];
    const fields = requestFields("POST", "/v1/chat/completions");
    parser.push("request", concat([PREFACE, frame(4, 0, 0)]), 1);
    for (const id of ids) parser.push("request", client.headers(id, fields, false), 1);
    for (const id of ids) parser.push("request", dataFrame(id, SEGMENT, true), 1);
    for (const id of ids) parser.push("response", server.headers(id, [[":status", "200"]], false), 1);
    for (const id of ids) parser.push("response", dataFrame(id, SEGMENT, true), 1);
  });
  return {
    bench: "wire_http2_stream",
    value: round(us / 100),
    unit: "us",
    better: "lower",
    note: "100 at once, writer included",
  };
}

function largeBody({ isQuick }: BenchContext): Row {
  const record = new Uint8Array(16 * 1024).fill(97);
  const records = 20 * 64;
  const us = measure(isQuick, 5, () => () => {
    const parser = open(http1);
    push(parser, "request", `POST / HTTP/1.1\r\nContent-Length: ${records * record.length}\r\n\r\n`);
    for (let count = 0; count < records; count++) parser.push("request", record, 1);
  });
  return { bench: "wire_body_20mb", value: round(us / 1000), unit: "ms", better: "lower" };
}

function open(format: ConnectionFormat, sink: ExchangeSink = DROPPING): ConnectionParser {
  return format.createParser(testConnection(), sink);
}

function push(parser: ConnectionParser, flow: Flow, text: string): void {
  parser.push(flow, encoder.encode(text), 1);
}

/** Median of the user CPU microseconds of one turn, after a warm-up. */
function measure(isQuick: boolean, turns: number, start: () => () => void): number {
  const values: number[] = [];
  for (let sample = 0; sample < (isQuick ? 4 : 12); sample++) {
    const turn = start();
    const before = process.cpuUsage().user;
    for (let count = 0; count < turns; count++) turn();
    values.push((process.cpuUsage().user - before) / turns);
  }
  return median(values.slice(2));
}
