import type { HttpExchange, HttpResponse } from "../model/http_exchange.ts";
import { type Dialect, type RequestHead, type ResponseHead, SURE } from "./dialect/dialect.ts";
import type { JsonRecord } from "./dialect/json_access.ts";
import { DIALECTS } from "./dialect/registry.ts";
import { findProvider, type ProviderMatch } from "./provider/lookup.ts";
import { toCleanPath } from "./provider/path_pattern.ts";

/** A format that fits, and how surely. */
export interface DialectMatch {
  readonly dialect: Dialect;
  /** 0..1, as `Dialect` says. */
  readonly score: number;
}

/** What the head of a request tells. */
export interface HeadRecognition {
  readonly head: RequestHead;
  readonly providerMatch: ProviderMatch;
  readonly match: DialectMatch | undefined;
  /** The head alone decides the format. */
  readonly isSure: boolean;
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** A path that fits so weakly is enough on a host whose row lists the format, and nothing anywhere else. */
const ENOUGH_WITH_HOST = 0.3;

/** A path that is a format's own, on a host whose row lists it: no other format needs to be asked. */
const OWN_PATH = 0.95;

/** Recognises vendor and format from the request head. */
export function recogniseHead(exchange: HttpExchange): HeadRecognition {
  const head = toHead(exchange);
  const providerMatch = findProvider(head.host, head.path);
  const listed = providerMatch.provider?.dialects;
  const match = findBest((dialect) => {
    const score = dialect.matchHead(head);
    if (score >= ENOUGH_WITH_HOST && listed?.includes(dialect.id)) return score >= OWN_PATH ? 1 : Math.max(score, SURE);
    return score > ENOUGH_WITH_HOST ? score : 0;
  });
  return { head, providerMatch, match, isSure: match !== undefined && match.score >= SURE };
}

/** Recognises the format from a parsed request body. A request whose method was lost before capture has a body, so it is a POST. */
export function recogniseBody(json: JsonRecord, head: RequestHead): DialectMatch | undefined {
  const known = head.method === "" ? { ...head, method: "POST" } : head;
  return findBest((dialect) => dialect.matchBody(json, known));
}

/** Recognises the format from the first message of the answer. */
export function recogniseAnswer(json: JsonRecord | undefined, response: ResponseHead): DialectMatch | undefined {
  return findBest((dialect) => dialect.matchAnswer(json, response));
}

/**
 * Tells whether a request that no path recognises may still hold a call: a POST whose body can be JSON. Everything else is let
 * go without being kept.
 */
export function mayHoldCall(exchange: HttpExchange): boolean {
  const { method } = exchange.request;
  if (method !== "POST" && method !== "") return false;
  const type = exchange.request.headers.get("content-type");
  return type === undefined || type.includes("json") || type.startsWith("text/plain");
}

function findBest(measure: (dialect: Dialect) => number): DialectMatch | undefined {
  let best: Dialect | undefined;
  let bestScore = 0;
  for (const dialect of DIALECTS) {
    const score = measure(dialect);
    if (score <= bestScore) continue;
    best = dialect;
    bestScore = score;
    if (score >= 1) break;
  }
  return best === undefined ? undefined : { dialect: best, score: bestScore };
}

/** What a dialect may look at of a request without its body. */
export function toHead(exchange: HttpExchange): RequestHead {
  const { method, target, host, headers } = exchange.request;
  const mark = target.indexOf("?");
  const path = toCleanPath(exchange.request.path);
  const query = mark < 0 ? "" : target.slice(mark + 1);
  return host === undefined ? { method, path, query, headers } : { method, path, query, headers, host };
}

/** What a dialect may look at of an answer's head; without one, status 0 and no headers. */
export function toResponseHead(response: HttpResponse | undefined): ResponseHead {
  const headers = response?.headers ?? NO_HEADERS;
  return { status: response?.status ?? 0, headers, contentType: (headers.get("content-type") ?? "").toLowerCase() };
}
