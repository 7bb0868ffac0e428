import { FindingError } from "../model/finding.ts";
import type { ByteInput } from "./byte_input.ts";
import { addHeader, type ExchangeFacts, readBase64, readBody, toInputExchange } from "./exchange_input.ts";
import { isRecord } from "./fact_fields.ts";
import { InputClock } from "./input_clock.ts";
import { adviseOnInput, HEAD_BYTES } from "./guess_input.ts";
import type { InputFindings } from "./input_findings.ts";
import type { CaptureSource, SourceSink } from "./source.ts";
import { openTextInput, type TextInputOptions } from "./text_input.ts";
import { TimeSlice } from "./time_slice.ts";

const MAX_FILE_BYTES = 512 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/**
 * A HAR file, as browsers and proxies export it. Read whole: HAR is one JSON document.
 *
 * @see http://www.softwareishard.com/blog/har-12-spec/ (HAR 1.2, read 2026-11-21)
 */
export const har: CaptureSource<TextInputOptions> = {
  id: "har",
  summary: "HTTP exchanges of a HAR 1.2 file",
  stability: "stable",
  open: (options) => openTextInput("har", options, readHar),
};

async function readHar(
  input: ByteInput,
  sink: SourceSink,
  findings: InputFindings,
  isStopped: () => boolean,
): Promise<void> {
  const entries = parseEntries(await readAll(input), input.name);
  const clock = new InputClock();
  const slice = new TimeSlice(sink);
  for (let i = 0; i < entries.length && !isStopped(); i++) {
    const problem = takeEntry(entries[i], i + 1, clock, sink);
    if (problem !== undefined) findings.addEntry(input.name, i + 1, problem);
    if (slice.isOver()) await slice.next();
  }
}

async function readAll(input: ByteInput): Promise<Uint8Array> {
  let bytes = new Uint8Array(READ_BYTES);
  let end = 0;
  for (;;) {
    const count = await input.read(bytes.subarray(end));
    if (count === null) return bytes.subarray(0, end);
    end += count;
    if (end > MAX_FILE_BYTES) throw damaged(input.name, "it is larger than 512 MiB", bytes);
    if (end === bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function parseEntries(bytes: Uint8Array, file: string): readonly unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw damaged(file, "it is not JSON", bytes);
  }
  const log = isRecord(json) ? json.log : undefined;
  if (!isRecord(log) || !Array.isArray(log.entries)) throw damaged(file, 'it has no "log.entries"', bytes);
  return log.entries;
}

function damaged(file: string, reason: string, bytes: Uint8Array): FindingError {
  const advice = adviseOnInput(bytes.subarray(0, HEAD_BYTES), file, "har");
  return new FindingError([{
    code: "OISP-IN-005",
    severity: "error",
    what: `Cannot read ${file} as HAR: ${reason}`,
    fix: advice ?? "Export the file again as HAR 1.2, with contents",
  }], 65);
}

function takeEntry(entry: unknown, number: number, clock: InputClock, sink: SourceSink): string | undefined {
  if (!isRecord(entry) || !isRecord(entry.request)) return 'it has no "request"';
  const { request } = entry;
  if (typeof request.method !== "string" || typeof request.url !== "string") return "its request has no method or url";
  const startedUs = readTime(entry.startedDateTime);
  const startUs = startedUs ?? 0;
  const fact = clock.tick(startUs);
  if (fact !== undefined) sink.raw(fact);
  const durationMs = typeof entry.time === "number" && entry.time > 0 ? entry.time : undefined;
  const response = isRecord(entry.response) ? entry.response : {};
  const facts: ExchangeFacts = {
    number,
    ...(typeof entry._id === "string" ? { id: entry._id } : {}),
    method: request.method,
    url: request.url,
    requestHeaders: readHarHeaders(request.headers),
    requestBody: readContent(request.postData),
    // Browsers write status 0 for a request that got no answer.
    ...(isStatus(response.status) ? { status: response.status } : {}),
    responseHeaders: readHarHeaders(response.headers),
    responseBody: readContent(response.content),
    startNs: clock.toNs(startUs),
    endNs: clock.toNs(startUs + Math.round((durationMs ?? 0) * 1000)),
    knownTimes: durationMs !== undefined ? "span" : startedUs === undefined ? "none" : "moment",
  };
  sink.exchange(toInputExchange(facts));
  return undefined;
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 999;
}

function readTime(value: unknown): number | undefined {
  const timeMs = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : timeMs * 1000;
}

function readHarHeaders(json: unknown): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  if (!Array.isArray(json)) return headers;
  for (const item of json) {
    // HTTP/2 pseudo headers repeat what method and url say.
    if (!isRecord(item) || typeof item.name !== "string" || item.name.startsWith(":")) continue;
    if (typeof item.value === "string") addHeader(headers, item.name, item.value);
  }
  return headers;
}

/** `postData` and `content` have the same shape. */
function readContent(json: unknown): Uint8Array {
  if (!isRecord(json) || typeof json.text !== "string") return new Uint8Array();
  const type = typeof json.mimeType === "string" ? json.mimeType : "";
  const encoded = json.encoding === "base64" ? readBase64(json.text) : undefined;
  return encoded ?? readBody(json.text, type);
}
