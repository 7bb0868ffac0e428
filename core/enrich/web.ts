import { HostIndex } from "../decode/provider/host_index.ts";
import type { Provider } from "../decode/provider/provider.ts";
import { PROVIDERS } from "../decode/provider/registry.ts";
import type { OispEvent } from "../model/oisp_event.ts";
import type { Enricher } from "./enricher.ts";

type Web = NonNullable<OispEvent["web"]>;

/** Pages remembered, then it starts over. */
const MOST_PAGES = 1024;

const webApps = buildIndex();
const known = new Map<string, Web | undefined>();

/** Adds the browser page a call came from, by its `Origin` and `Referer`. */
export const web: Enricher = {
  id: "web",
  summary: "The browser page a call came from",
  stability: "stable",
  enrich({ event, exchange }) {
    const headers = exchange?.request.headers;
    if (headers === undefined || event.web !== undefined) return;
    const origin = headers.get("origin");
    const referer = headers.get("referer");
    if (origin === undefined && referer === undefined) return;
    const page = findPage(origin, referer);
    if (page !== undefined) event.web = page;
  },
};

function findPage(origin: string | undefined, referer: string | undefined): Web | undefined {
  const key = `${origin ?? ""}\n${referer ?? ""}`;
  if (known.has(key)) return known.get(key);
  if (known.size >= MOST_PAGES) known.clear();
  const page = toPage(toUrl(origin), toUrl(referer));
  known.set(key, page);
  return page;
}

function toPage(origin: URL | undefined, referer: URL | undefined): Web | undefined {
  const url = origin ?? referer;
  if (url === undefined) return undefined;
  const page: Web = { origin: url.origin };
  // Queries and fragments carry tokens and search words; the page's path says enough.
  if (referer !== undefined) page.referer = referer.origin + referer.pathname;
  const app = webApps.find(url.hostname).at(0);
  page.web_app_type = app === undefined ? "embedded" : "direct";
  if (app !== undefined) {
    page.web_app_id = app.id;
    page.web_app_name = app.name;
  }
  return Object.freeze(page);
}

function toUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !/^https?:\/\//i.test(text)) return undefined;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function buildIndex(): HostIndex<Provider> {
  const index = new HostIndex<Provider>();
  for (const row of PROVIDERS) {
    if (row.kind === "web_app") { for (const name of row.hosts) index.add(name, row); }
  }
  return index;
}
