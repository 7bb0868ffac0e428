import zlib from "node:zlib";
import type { Flow } from "../../core/decode/connection/connection_format.ts";
import { dataFrame, type Field, frame, HpackWriter, PREFACE } from "./http2_writer.ts";
import { concat, Random } from "./random.ts";

/** An exchange without any framing. Header names lower case; none that belong to the framing. */
export interface PlainExchange {
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly requestHeaders: readonly Field[];
  readonly requestBody: Uint8Array;
  readonly status: number;
  readonly responseHeaders: readonly Field[];
  readonly responseBody: Uint8Array;
}

/** Bytes of one flow, in the order of both. */
export interface FlowBytes {
  readonly flow: Flow;
  readonly bytes: Uint8Array;
}

/** A way to put an exchange on the wire. Frames it twice on one connection, so that the second shows what the first left behind. */
export type Framing = (exchange: PlainExchange, random: Random) => FlowBytes[];

const encoder = new TextEncoder();
const CODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
};

/** Every framing. */
export const FRAMINGS: Readonly<Record<string, Framing>> = {
  "http/1.1 with content-length": (exchange) => twice(exchange, withLength),
  "http/1.1 chunked at random": (exchange, random) => twice(exchange, (head, body) => chunked(head, body, random)),
  ...Object.fromEntries(
    Object.keys(CODERS).map((coding) => [
      `http/1.1 chunked, ${coding}`,
      (exchange: PlainExchange, random: Random) =>
        twice(coded(exchange, coding), (head, body) => chunked(head, body, random)),
    ]),
  ),
  "http/1.1 pipelined": (exchange) => {
    const [request, response] = [requestBytes(exchange, withLength), responseBytes(exchange, withLength)];
    return [{ flow: "request", bytes: concat([request, request]) }, {
      flow: "response",
      bytes: concat([response, response]),
    }];
  },
  "http/1.1 with 100-continue": (exchange) => {
    const more: Field[] = [...exchange.requestHeaders, ["expect", "100-continue"]];
    const request = requestBytes({ ...exchange, requestHeaders: more }, withLength);
    const bodyAt = request.length - exchange.requestBody.length;
    const call: FlowBytes[] = [
      { flow: "request", bytes: request.subarray(0, bodyAt) },
      { flow: "response", bytes: encoder.encode("HTTP/1.1 100 Continue\r\n\r\n") },
      { flow: "request", bytes: request.subarray(bodyAt) },
      { flow: "response", bytes: responseBytes(exchange, withLength) },
    ];
    return [...call, ...call];
  },
  "http/2": (exchange, random) => http2(exchange, random, false),
  "http/2 interleaved, padded, split headers": (exchange, random) => http2(exchange, random, true),
  "http/2, gzip": (exchange, random) => http2(coded(exchange, "gzip"), random, true),
};

type Framer = (head: string, body: Uint8Array) => Uint8Array;

function twice(exchange: PlainExchange, framer: Framer): FlowBytes[] {
  const call: FlowBytes[] = [
    { flow: "request", bytes: requestBytes(exchange, framer) },
    { flow: "response", bytes: responseBytes(exchange, framer) },
  ];
  return [...call, ...call];
}

function requestBytes(
  { method, target, host, requestHeaders, requestBody }: PlainExchange,
  framer: Framer,
): Uint8Array {
  return framer(`${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${toLines(requestHeaders)}`, requestBody);
}

function responseBytes({ status, responseHeaders, responseBody }: PlainExchange, framer: Framer): Uint8Array {
  return framer(`HTTP/1.1 ${status} Status\r\n${toLines(responseHeaders)}`, responseBody);
}

function toLines(headers: readonly Field[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

function withLength(head: string, body: Uint8Array): Uint8Array {
  return concat([encoder.encode(`${head}content-length: ${body.length}\r\n\r\n`), body]);
}

function chunked(head: string, body: Uint8Array, random: Random): Uint8Array {
  const parts: Uint8Array[] = [encoder.encode(`${head}transfer-encoding: chunked\r\n\r\n`)];
  for (let at = 0; at < body.length;) {
    const chunk = body.subarray(at, at + 1 + random.below(random.once(3) ? 2000 : 40));
    const extension = random.once(4) ? ';x="y"' : "";
    parts.push(encoder.encode(`${chunk.length.toString(16)}${extension}\r\n`), chunk, encoder.encode("\r\n"));
    at += chunk.length;
  }
  return concat([...parts, encoder.encode("0\r\nx-trailer: 1\r\n\r\n")]);
}

function coded(exchange: PlainExchange, coding: string): PlainExchange {
  const code = CODERS[coding];
  if (code === undefined) return exchange;
  const field: Field = ["content-encoding", coding];
  return {
    ...exchange,
    requestHeaders: [...exchange.requestHeaders, field],
    requestBody: code(exchange.requestBody),
    responseHeaders: [...exchange.responseHeaders, field],
    responseBody: code(exchange.responseBody),
  };
}

function http2(exchange: PlainExchange, random: Random, isMixed: boolean): FlowBytes[] {
  const client = new HpackWriter();
  const server = new HpackWriter();
  const split = isMixed ? random : undefined;
  const pseudo: Field[] = [[":method", exchange.method], [":scheme", "https"], [":authority", exchange.host], [
    ":path",
    exchange.target,
  ]];
  const calls = [1, 3].map((id) => ({
    request: [
      client.headers(id, [...pseudo, ...exchange.requestHeaders], false, split),
      ...dataFrames(id, exchange.requestBody, random, isMixed),
    ],
    response: [
      server.headers(id, [[":status", String(exchange.status)], ...exchange.responseHeaders], false, split),
      ...dataFrames(id, exchange.responseBody, random, isMixed),
    ],
  }));
  const [first, second] = calls;
  if (first === undefined || second === undefined) return [];
  const merge = (flow: "request" | "response") =>
    isMixed ? interleave(first[flow], second[flow], random) : [...first[flow], ...second[flow]];
  return [
    { flow: "request", bytes: concat([PREFACE, frame(4, 0, 0), ...merge("request")]) },
    { flow: "response", bytes: concat([frame(4, 0, 0), ...merge("response")]) },
  ];
}

function dataFrames(streamId: number, body: Uint8Array, random: Random, isPadded: boolean): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < body.length;) {
    const part = body.subarray(at, at + 1 + random.below(3000));
    at += part.length;
    frames.push(dataFrame(streamId, part, false, isPadded && random.once(2) ? random.below(50) : undefined));
  }
  return [...frames, dataFrame(streamId, new Uint8Array(0), true)];
}

/** Both lists in their own order, mixed; the first of each list (its headers) comes first, as both tables were written so. */
function interleave(first: readonly Uint8Array[], second: readonly Uint8Array[], random: Random): Uint8Array[] {
  const mixed = [...first.slice(0, 1), ...second.slice(0, 1)];
  let [a, b] = [1, 1];
  while (a < first.length || b < second.length) {
    const next = b >= second.length || (a < first.length && random.once(2)) ? first[a++] : second[b++];
    if (next !== undefined) mixed.push(next);
  }
  return mixed;
}
