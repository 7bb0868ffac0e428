import type { EventFilter } from "../filter/filter.ts";
import type { Finding } from "../model/finding.ts";
import { parseTimestampUs } from "../model/time.ts";
import type { LiveHub } from "./live_hub.ts";
import { type SensorStatus, toHealthJson, toStatusJson } from "./status.ts";

/** What the routes answer from. */
export interface ApiContext {
  /** Asked for each request. */
  status(): SensorStatus;
  readonly hub: LiveHub;
}

/** One route: path and what answers GET. */
interface Route {
  readonly path: string;
  readonly answer: (context: ApiContext, query: URLSearchParams) => Response | Promise<Response>;
}

/** Every route. */
const ROUTES: readonly Route[] = [
  { path: "/api/health", answer: health },
  { path: "/api/status", answer: ({ status }) => toJson(toStatusJson(status())) },
  { path: "/api/events", answer: events },
  { path: "/readyz", answer: ready },
];

/** Answers one request; the same on every listener. */
export function handleRequest(request: Request, context: ApiContext): Response | Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const route = ROUTES.find((item) => item.path === pathname);
  if (route === undefined) return toJson({ error: "not_found" }, 404);
  if (request.method !== "GET") return toJson({ error: "method_not_allowed" }, 405);
  return route.answer(context, searchParams);
}

function health(context: ApiContext): Response {
  const status = context.status();
  return toJson(toHealthJson(status), status.health === "failed" ? 503 : 200);
}

function ready(context: ApiContext): Response {
  const { isReady } = context.status();
  return toJson({ ready: isReady }, isReady ? 200 : 503);
}

/** Most `filter` parameters of one request. */
const MAX_FILTERS = 16;

/**
 * `?filter=EXPRESSION` (several: all have to match) and `?since=` (RFC 3339: kept events from then on come first). The answer says
 * with `oisp-events-from` since when all events are kept, and that the parameters were understood.
 */
async function events({ hub, status }: ApiContext, query: URLSearchParams): Promise<Response> {
  const filter = await readFilters(query.getAll("filter"));
  if ("findings" in filter) return toJson({ error: "bad_filter", findings: filter.findings }, 400);
  const since = query.get("since");
  const sinceUs = since === null ? undefined : parseTimestampUs(since);
  if (since !== null && sinceUs === undefined) return toJson({ error: "bad_since" }, 400);
  const body = hub.stream({ ...filter, ...(sinceUs === undefined ? {} : { sinceUs }) });
  return new Response(body, {
    headers: {
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
      "oisp-redaction": hub.mode,
      "oisp-events-from": hub.forgottenUntil() ?? status().startedAt,
    },
  });
}

/** The language is loaded with the first filter: no sensor starts later for it. */
async function readFilters(
  texts: readonly string[],
): Promise<{ filter?: EventFilter } | { findings: readonly Finding[] }> {
  if (texts.length === 0) return {};
  const { allOf, parseFilter } = await import("../filter/filter.ts");
  const parsed = texts.slice(0, MAX_FILTERS).map((text) => parseFilter(text, "filter"));
  const findings = parsed.flatMap((entry) => "findings" in entry ? entry.findings : []);
  if (findings.length > 0 || texts.length > MAX_FILTERS) return { findings };
  return { filter: allOf(parsed.flatMap((entry) => "filter" in entry ? [entry.filter] : [])) };
}

function toJson(value: Record<string, unknown>, status = 200): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store" } });
}
