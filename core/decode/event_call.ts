import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelCall } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { findModelFamily } from "./provider/model_family.ts";
import { findRegion } from "./provider/region.ts";

type Provider = NonNullable<EventOf<"ai.request">["data"]["provider"]>;
type Model = NonNullable<EventOf<"ai.request">["data"]["model"]>;
type TlsInfo = NonNullable<EventOf<"ai.request">["data"]["tls_info"]>;

/** Most vendors and models that are remembered, and the longest name of one; then it starts over. */
const MOST_SHARED = 1024;
const LONGEST_NAME = 512;

/** One frozen object for all events that say the same, by endpoint: it is made and redacted once. */
const providers = new Map<
  string,
  { readonly id: string | undefined; readonly host: string; readonly shown: Provider }
>();
/** The same, by the name a model goes by, for the name that was asked for last. */
const models = new Map<string, { readonly requested: string | undefined; readonly shown: Model }>();

/** Vendor and endpoint as published, shared and frozen; undefined when not even the host is known. */
export function toProvider(call: ModelCall, host: string | undefined): Provider | undefined {
  const { provider, endpoint } = call;
  if (host === undefined || endpoint === undefined || endpoint.length > LONGEST_NAME) return createProvider(call, host);
  const known = providers.get(endpoint);
  if (known !== undefined && known.id === provider?.id && known.host === host) return known.shown;
  const shown = createProvider(call, host);
  if (shown !== undefined) remember(providers, endpoint, { id: provider?.id, host, shown });
  return shown;
}

/** Model of a request: the name it asks for. Shared and frozen. */
export function toRequestModel(id: string | undefined): Model | undefined {
  return id === undefined ? undefined : toModel(id, undefined);
}

/** Model of an answer: the name it states, and the requested one where that is another. Shared and frozen. */
export function toResponseModel(stated: string | undefined, requested: string | undefined): Model | undefined {
  if (stated === undefined) return toRequestModel(requested);
  return toModel(stated, requested === stated ? undefined : requested);
}

/** TLS library and peer of the connection; undefined when neither is known. */
export function toTlsInfo(exchange: HttpExchange): TlsInfo | undefined {
  const { library, remote, transport } = exchange.connection;
  if (transport !== "tls" || (library === undefined && remote === undefined)) return undefined;
  return {
    ...(library !== undefined && { library }),
    ...(remote !== undefined && { remote_ip: remote.ip, remote_port: remote.port }),
  };
}

function createProvider(call: ModelCall, host: string | undefined): Provider | undefined {
  const provider: Provider = {};
  if (call.provider !== undefined) {
    provider.id = call.provider.id;
    provider.name = call.provider.name;
  }
  if (call.endpoint !== undefined) provider.endpoint = call.endpoint;
  const region = host === undefined ? undefined : findRegion(host);
  if (region !== undefined) provider.region = region;
  return provider.id === undefined && provider.endpoint === undefined ? undefined : Object.freeze(provider);
}

function toModel(id: string, requested: string | undefined): Model {
  const known = models.get(id);
  if (known !== undefined && known.requested === requested) return known.shown;
  const shown: Model = { id };
  const family = findModelFamily(id);
  if (family !== undefined) shown.family = family;
  if (requested !== undefined) shown.requested_id = requested;
  Object.freeze(shown);
  if (id.length + (requested?.length ?? 0) <= LONGEST_NAME) remember(models, id, { requested, shown });
  return shown;
}

function remember<T>(known: Map<string, T>, key: string, value: T): void {
  if (known.size >= MOST_SHARED) known.clear();
  known.set(key, value);
}
