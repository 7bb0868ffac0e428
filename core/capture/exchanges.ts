import { type ExchangeFacts, readBase64, readBody, readHeaders, toInputExchange } from "./exchange_input.ts";
import { isRecord } from "./fact_fields.ts";
import { InputClock } from "./input_clock.ts";
import type { InputFindings } from "./input_findings.ts";
import { findLineEnd, type LineTaker, readLines } from "./line_blocks.ts";
import type { CaptureSource, SourceSink } from "./source.ts";
import { openTextInput, type TextInputOptions } from "./text_input.ts";

/** Whole exchanges as JSON lines, without framing; a body may still be compressed. */
export const exchanges: CaptureSource<TextInputOptions> = {
  id: "exchanges",
  summary: "HTTP exchanges as JSON lines with method, url, headers, bodies and status",
  stability: "stable",
  open: (options) =>
    openTextInput(
      "exchanges",
      options,
      (input, sink, findings, isStopped) =>
        readLines(input, new ExchangesReader(input.name, sink, findings), sink, isStopped),
    ),
};

class ExchangesReader implements LineTaker {
  readonly #decoder = new TextDecoder();
  readonly #clock = new InputClock();
  readonly #file: string;
  readonly #sink: SourceSink;
  readonly #findings: InputFindings;
  #lineNumber = 0;

  constructor(file: string, sink: SourceSink, findings: InputFindings) {
    this.#file = file;
    this.#sink = sink;
    this.#findings = findings;
  }

  begin(head: Uint8Array): void {
    this.#findings.noteHead(head.slice(), this.#file, "exchanges");
  }

  line(bytes: Uint8Array, from: number, limit: number): number {
    const end = findLineEnd(bytes, from, limit);
    if (end < 0) return -1;
    this.#lineNumber++;
    const text = this.#decoder.decode(bytes.subarray(from, end)).trim();
    if (text !== "") this.#take(text);
    return end + 1;
  }

  tooLong(): void {
    this.#findings.addLine(this.#file, ++this.#lineNumber, "it is longer than 256 MiB");
  }

  #take(text: string): void {
    const facts = parseExchangeLine(text, this.#lineNumber, this.#clock, this.#sink);
    if (typeof facts === "string") this.#findings.addLine(this.#file, this.#lineNumber, facts);
    else this.#sink.exchange(toInputExchange(facts));
  }
}

function parseExchangeLine(
  text: string,
  number: number,
  clock: InputClock,
  sink: SourceSink,
): ExchangeFacts | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (!isRecord(json)) return "it is no JSON object";
  if (typeof json.method !== "string" || json.method === "") return '"method" is no text';
  if (typeof json.url !== "string" || json.url === "") return '"url" is no text';
  // As in HAR: 0 stands for no answer.
  const status = json.status === 0 ? undefined : json.status ?? undefined;
  if (status !== undefined && !isStatus(status)) return '"status" is no HTTP status';
  const requestHeaders = readHeaders(json.request_headers);
  const responseHeaders = readHeaders(json.response_headers);
  const requestBody = readSide(json, "request_body", requestHeaders);
  const responseBody = readSide(json, "response_body", responseHeaders);
  if (typeof requestBody === "string") return requestBody;
  if (typeof responseBody === "string") return responseBody;
  return {
    number,
    ...(typeof json.id === "string" || typeof json.id === "number" ? { id: String(json.id) } : {}),
    method: json.method,
    url: json.url,
    requestHeaders,
    requestBody,
    ...(status === undefined ? {} : { status }),
    responseHeaders,
    responseBody,
    ...readTimes(json, responseHeaders, clock, sink),
  };
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 999;
}

/** A body: text, a JSON value (written back as JSON), or base64 under `<name>_base64`. A text answer is a problem. */
function readSide(
  json: Record<string, unknown>,
  name: string,
  headers: ReadonlyMap<string, string>,
): Uint8Array | string {
  const encoded = json[`${name}_base64`];
  if (encoded !== undefined) {
    return (typeof encoded === "string" ? readBase64(encoded) : undefined) ?? `"${name}_base64" is not base64`;
  }
  const body = json[name] ?? "";
  return readBody(typeof body === "string" ? body : JSON.stringify(body), headers.get("content-type") ?? "");
}

/**
 * Start and end of an exchange: `started_at` and `ended_at` (RFC 3339) when the line has them, else the `date` of the answer
 * for both, else the start of 1970. Says which.
 */
function readTimes(
  json: Record<string, unknown>,
  responseHeaders: ReadonlyMap<string, string>,
  clock: InputClock,
  sink: SourceSink,
): Pick<ExchangeFacts, "startNs" | "endNs" | "knownTimes"> {
  const startedUs = readTime(json.started_at);
  const endedUs = readTime(json.ended_at);
  const momentUs = startedUs ?? endedUs ?? readTime(responseHeaders.get("date"));
  const startUs = momentUs ?? 0;
  const endUs = Math.max(startUs, endedUs ?? startUs);
  const isSpan = startedUs !== undefined && endedUs !== undefined;
  const fact = clock.tick(startUs);
  if (fact !== undefined) sink.raw(fact);
  const knownTimes = isSpan ? "span" : momentUs === undefined ? "none" : "moment";
  return { startNs: clock.toNs(startUs), endNs: clock.toNs(endUs), knownTimes };
}

function readTime(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : timeMs * 1000;
}
