/** Builds whole exchanges from the plain facts of a text input (JSON lines, HAR). */
import { Buffer } from "node:buffer";
import type { ConnectionFacts, HttpExchange, HttpRequest, HttpResponse, KnownTimes } from "../model/http_exchange.ts";
import { decodeBase64 } from "./base64.ts";
import { isRecord } from "./fact_fields.ts";
import type { InputExchange } from "../model/input_exchange.ts";

/** What a text input says about one exchange. Absent is unknown. */
export interface ExchangeFacts {
  /** Names the exchange within its input: the number of its line or entry, from 1. */
  readonly number: number;
  readonly id?: string;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: ReadonlyMap<string, string>;
  readonly requestBody: Uint8Array;
  /** Absent when there was no answer. */
  readonly status?: number;
  readonly responseHeaders: ReadonlyMap<string, string>;
  readonly responseBody: Uint8Array;
  /** Boot-clock times of the first byte of the request and of the last of the answer. */
  readonly startNs: number;
  readonly endNs: number;
  readonly knownTimes: KnownTimes;
}

/** Framing that text inputs have undone as a rule; the headers that announce it would mislead the decoder. */
const UNDONE_HEADERS = ["content-encoding", "transfer-encoding", "content-length"];

/** Content types whose bodies are bytes; inputs that hold text carry them as base64. */
const BINARY_TYPE = /^(?:application\/vnd\.amazon\.eventstream|application\/octet-stream|image\/|audio\/|video\/)/;

/** Gives the exchange, on a connection of its own. */
export function toInputExchange(facts: ExchangeFacts): InputExchange {
  const connection: ConnectionFacts = {
    connId: facts.number,
    processKey: 0,
    tgid: 0,
    tid: 0,
    cgroupId: 0,
    transport: "input",
    joinedLate: false,
    serverSide: false,
  };
  const exchange: HttpExchange = {
    connection,
    ordinal: 0,
    protocol: "http/1.1",
    request: toRequest(facts),
    knownTimes: facts.knownTimes,
    ...(facts.id === undefined ? {} : { inputId: facts.id }),
  };
  if (facts.status !== undefined) exchange.response = toResponse(facts, facts.status);
  return { exchange, requestBody: facts.requestBody, responseBody: facts.responseBody };
}

function toRequest(facts: ExchangeFacts): HttpRequest {
  const { host, target } = splitUrl(facts.url);
  const known = facts.requestHeaders.get("host")?.toLowerCase() ?? host;
  const query = target.indexOf("?");
  return {
    ...toMessage(facts.requestHeaders, facts.requestBody, facts.startNs, facts.startNs),
    // Some recorders keep the word the program used; on the wire it stands in capitals.
    method: facts.method.toUpperCase(),
    target,
    path: query < 0 ? target : target.slice(0, query),
    ...(known === undefined ? {} : { host: known }),
  };
}

function toResponse(facts: ExchangeFacts, status: number): HttpResponse {
  return { ...toMessage(facts.responseHeaders, facts.responseBody, facts.endNs, facts.endNs), status };
}

function toMessage(headers: ReadonlyMap<string, string>, body: Uint8Array, firstByteNs: number, lastByteNs: number) {
  const kept = new Map(headers);
  for (const name of UNDONE_HEADERS) kept.delete(name);
  const coding = findCoding(body, headers);
  if (coding !== undefined) kept.set("content-encoding", coding);
  return {
    headers: kept,
    firstByteNs,
    lastByteNs,
    wireBodyBytes: body.length,
    completeness: "complete" as const,
    reasons: [],
  };
}

/** Some recorders keep bodies as they came: the coding that one still has, told by its bytes, whatever the head says. */
function findCoding(body: Uint8Array, headers: ReadonlyMap<string, string>): string | undefined {
  if (BINARY_TYPE.test(headers.get("content-type")?.toLowerCase() ?? "")) return undefined;
  const known = findMark(body);
  if (known !== undefined) return known;
  // These two have no sure mark: the head says so, and the bytes are no text.
  const stated = headers.get("content-encoding")?.trim().toLowerCase();
  return (stated === "br" || stated === "deflate") && !isText(body) ? stated : undefined;
}

function findMark(body: Uint8Array): "gzip" | "zstd" | undefined {
  if (body[0] === 0x1f && body[1] === 0x8b) return "gzip";
  return body[0] === 0x28 && body[1] === 0xb5 && body[2] === 0x2f && body[3] === 0xfd ? "zstd" : undefined;
}

function isText(body: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

/** A mask that stands for one label of a name, such as <AWS_REGION>, leaves the rest of the name a fact. */
const MASKED_LABEL = /(^|\.)<[a-z0-9_]+>(?=\.)/g;

/** What does not look like a host name (a mask such as <API_BASE>) is no fact about the host. */
function isHost(host: string): boolean {
  const unmasked = host.replace(MASKED_LABEL, "$1masked");
  return /^[a-z0-9._-]+(?::\d+)?$|^\[[0-9a-f:.]+\](?::\d+)?$/.test(unmasked);
}

/**
 * Splits a URL by its first slashes only: recordings hold URLs with masked parts, which a URL parser refuses. The host loses
 * credentials and the scheme's own port.
 */
export function splitUrl(url: string): { readonly host?: string; readonly target: string } {
  const parts = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?([^/?#]*)([^#]*)/.exec(url);
  const scheme = parts?.[1]?.toLowerCase();
  const authority = (parts?.[2] ?? "").replace(/^.*@/, "").toLowerCase();
  const rest = parts?.[3] ?? "";
  const target = rest.startsWith("/") ? rest : "/" + rest;
  const port = scheme === "https" || scheme === "wss" ? ":443" : ":80";
  const host = authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
  return isHost(host) ? { host, target } : { target };
}

/** Reads headers given as an object of texts (or lists of texts), names in lower case; other values are left out. */
export function readHeaders(json: unknown): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  if (!isRecord(json)) return headers;
  for (const [name, value] of Object.entries(json)) {
    const texts = Array.isArray(value) ? value : [value];
    for (const text of texts) {
      if (typeof text === "string" || typeof text === "number") addHeader(headers, name, String(text));
    }
  }
  return headers;
}

/** Adds one header line; lines of one name are joined as the model says. */
export function addHeader(headers: Map<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  const before = headers.get(key);
  headers.set(key, before === undefined ? value : before + (key === "set-cookie" ? "\n" : ", ") + value);
}

/** Content types whose bodies begin with a character that base64 does not produce for them. */
const TEXT_TYPE = /^(?:application\/json|application\/x-ndjson|text\/event-stream)/;

/** First characters of such bodies: JSON, a line of an event stream, a comment, white space before them. */
const TEXT_START = /^\s*(?:[{["]|data:|event:|id:|retry:|:)/;

/**
 * Gives the bytes of a body that an input holds as text. Recorders write bodies they take for bytes as base64, or in hexadecimal
 * digits: it is undone where the content type says bytes, or says text that this text is not but its decoded bytes are, compressed
 * or not.
 */
export function readBody(text: string, contentType: string): Uint8Array {
  const type = contentType.toLowerCase();
  if (BINARY_TYPE.test(type)) return readHex(text) ?? readBase64(text) ?? new TextEncoder().encode(text);
  return (TEXT_TYPE.test(type) ? readEncodedText(text) : undefined) ?? new TextEncoder().encode(text);
}

function readEncodedText(text: string): Uint8Array | undefined {
  if (text.length < 8 || !/^[A-Za-z0-9+/]{8}/.test(text)) return undefined;
  const bytes = readHex(text) ?? readBase64(text);
  if (bytes === undefined) return undefined;
  if (findMark(bytes) !== undefined) return bytes;
  return TEXT_START.test(new TextDecoder().decode(bytes.subarray(0, 4_096))) ? bytes : undefined;
}

/** Fewest digits that are no chance: base64 of so many characters has others, too. */
const FEWEST_DIGITS = 32;

function readHex(text: string): Uint8Array | undefined {
  const isHex = text.length >= FEWEST_DIGITS && text.length % 2 === 0 && /^[0-9a-f]+$/.test(text);
  return isHex ? new Uint8Array(Buffer.from(text, "hex")) : undefined;
}

/** Decodes base64, white space left out; undefined when it is not base64. */
export function readBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, "");
  const bytes = Buffer.alloc(Math.ceil(compact.length * 3 / 4) + 3);
  const count = decodeBase64(compact, bytes);
  return count < 0 ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, count);
}
