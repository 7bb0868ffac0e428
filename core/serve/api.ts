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
  readonly answer: (context: ApiContext) => Response;
}

/** Every route. */
const ROUTES: readonly Route[] = [
  { path: "/api/health", answer: health },
  { path: "/api/status", answer: ({ status }) => toJson(toStatusJson(status())) },
  { path: "/api/events", answer: events },
  { path: "/readyz", answer: ready },
];

/** Answers one request; the same on every listener. */
export function handleRequest(request: Request, context: ApiContext): Response {
  const { pathname } = new URL(request.url);
  const route = ROUTES.find((item) => item.path === pathname);
  if (route === undefined) return toJson({ error: "not_found" }, 404);
  if (request.method !== "GET") return toJson({ error: "method_not_allowed" }, 405);
  return route.answer(context);
}

function health(context: ApiContext): Response {
  const status = context.status();
  return toJson(toHealthJson(status), status.health === "failed" ? 503 : 200);
}

function ready(context: ApiContext): Response {
  const { isReady } = context.status();
  return toJson({ ready: isReady }, isReady ? 200 : 503);
}

function events({ hub }: ApiContext): Response {
  return new Response(hub.stream(), {
    headers: { "content-type": "application/x-ndjson", "cache-control": "no-store", "oisp-redaction": hub.mode },
  });
}

function toJson(value: Record<string, unknown>, status = 200): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store" } });
}
