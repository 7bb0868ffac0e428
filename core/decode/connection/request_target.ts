import type { ConnectionFacts } from "../../model/http_exchange.ts";

/** Where a request goes, in the form `HttpRequest` has it. */
export interface RequestTarget {
  readonly target: string;
  readonly path: string;
  readonly host: string | undefined;
}

/**
 * Splits a request target as sent: origin form, absolute form (whose authority wins over `Host`, RFC 9112 3.2.2), authority form
 * (CONNECT) or `*`. `host` is lower case, without the default port of the transport.
 */
export function parseTarget(
  sent: string,
  hostField: string | undefined,
  transport: ConnectionFacts["transport"],
): RequestTarget {
  let target = sent;
  let host = hostField;
  if (sent.charCodeAt(0) !== 47) {
    const scheme = sent.indexOf("://");
    if (scheme > 0) {
      const slash = sent.indexOf("/", scheme + 3);
      host = slash < 0 ? sent.slice(scheme + 3) : sent.slice(scheme + 3, slash);
      target = slash < 0 ? "/" : sent.slice(slash);
    } else if (host === undefined && sent !== "*") host = sent;
  }
  const query = target.indexOf("?");
  return {
    target,
    path: query < 0 ? target : target.slice(0, query),
    host: host === undefined || host === "" ? undefined : toHost(host, transport),
  };
}

function toHost(text: string, transport: ConnectionFacts["transport"]): string {
  const host = text.toLowerCase();
  const defaultPort = transport === "plain" ? ":80" : ":443";
  return host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host;
}
