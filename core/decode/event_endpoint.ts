import type { HttpExchange } from "../model/http_exchange.ts";

const LOCAL_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|host\.docker\.internal)(?::\d+)?$/;

/**
 * Address of a request as published: scheme, host and path; never the query, which may hold keys. Undefined without a host. Inputs
 * that are no connection do not tell the scheme: public hosts are spoken to over TLS, local model servers are not.
 */
export function toEndpoint(exchange: HttpExchange): string | undefined {
  const { host, path } = exchange.request;
  if (!host) return undefined;
  const { transport } = exchange.connection;
  const isPlain = transport === "plain" || (transport === "input" && LOCAL_HOST.test(host));
  return `${isPlain ? "http" : "https"}://${host.slice(host.lastIndexOf("@") + 1)}${path}`;
}
