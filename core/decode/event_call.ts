import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelCall } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { findModelFamily } from "./provider/model_family.ts";
import { findRegion } from "./provider/region.ts";

type Provider = NonNullable<EventOf<"ai.request">["data"]["provider"]>;
type Model = NonNullable<EventOf<"ai.request">["data"]["model"]>;
type TlsInfo = NonNullable<EventOf<"ai.request">["data"]["tls_info"]>;

/** Vendor and endpoint as published; undefined when not even the host is known. */
export function toProvider(call: ModelCall, host: string | undefined): Provider | undefined {
  const provider: Provider = {};
  if (call.provider !== undefined) {
    provider.id = call.provider.id;
    provider.name = call.provider.name;
  }
  if (call.endpoint !== undefined) provider.endpoint = call.endpoint;
  const region = host === undefined ? undefined : findRegion(host);
  if (region !== undefined) provider.region = region;
  return provider.id === undefined && provider.endpoint === undefined ? undefined : provider;
}

/** Model of a request: the name it asks for. */
export function toRequestModel(id: string | undefined): Model | undefined {
  return id === undefined ? undefined : withFamily({ id });
}

/** Model of an answer: the name it states, and the requested one where that is another. */
export function toResponseModel(stated: string | undefined, requested: string | undefined): Model | undefined {
  if (stated === undefined) return toRequestModel(requested);
  const model = withFamily({ id: stated });
  if (requested !== undefined && requested !== stated) model.requested_id = requested;
  return model;
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

function withFamily(model: Model & { id: string }): Model {
  const family = findModelFamily(model.id);
  if (family !== undefined) model.family = family;
  return model;
}
