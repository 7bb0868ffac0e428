import type { HttpExchange } from "../model/http_exchange.ts";
import type { OispEvent } from "../model/oisp_event.ts";
import { recogniseApp, type Recognition } from "./apps/recognise.ts";
import type { Enricher } from "./enricher.ts";

type App = NonNullable<OispEvent["app"]>;

/** What an exchange's events get. */
interface KnownApp {
  readonly app: App;
  readonly viaId: string | undefined;
  readonly isProgram: boolean;
}

const UNKNOWN: KnownApp = { app: Object.freeze<App>({ tier: "unknown" }), viaId: undefined, isProgram: false };
const MOST_APPS = 1024;

const byExchange = new WeakMap<HttpExchange, KnownApp>();
/** One object for all events of an application and version: redaction keeps its copy, because it is frozen. */
const shared = new Map<string, App>();

/** Adds the application the program belongs to; `attrs.app_via` names the library it used, where that showed too. */
export const app: Enricher = {
  id: "app",
  summary: "The application that made the call, by headers, program and user agent",
  stability: "experimental",
  enrich(draft, { processes }) {
    const { event, exchange, processKey } = draft;
    if (event.app !== undefined) return;
    let known = exchange === undefined ? undefined : byExchange.get(exchange);
    if (known === undefined) {
      const found = recogniseApp(exchange?.request.headers, processes.find(processKey), processes);
      known = found === undefined ? UNKNOWN : toKnownApp(found);
      if (exchange !== undefined) byExchange.set(exchange, known);
    }
    event.app = known.app;
    if (known.isProgram && event.event_type === "process.exec") draft.isAppProgram = true;
    if (known.viaId !== undefined) event.attrs = { ...event.attrs, app_via: known.viaId };
  },
};

function toKnownApp({ app: row, version, via, isProgram }: Recognition): KnownApp {
  const key = `${row.id}\n${version ?? ""}`;
  let found = shared.get(key);
  if (found === undefined) {
    if (shared.size >= MOST_APPS) shared.clear();
    found = { id: row.id, name: row.name, tier: row.tier, category: row.category };
    if (version !== undefined) found.version = version;
    if (row.vendor !== undefined) found.vendor = row.vendor;
    Object.freeze(found);
    shared.set(key, found);
  }
  return { app: found, viaId: via?.id, isProgram };
}
