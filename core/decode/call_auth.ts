import type { HttpHeaders } from "../model/http_exchange.ts";
import type { AuthFacts } from "../model/model_call.ts";
import { findKeyPrefix } from "./provider/key_prefix.ts";

/** Headers that hold nothing but a key. */
const KEY_HEADERS = ["x-api-key", "api-key", "x-goog-api-key", "ocp-apim-subscription-key", "xi-api-key"] as const;

/** Words before the credential, by the name events give the kind. */
const SCHEMES: Readonly<Record<string, string>> = {
  bearer: "bearer",
  basic: "basic",
  token: "api_key",
  key: "api_key",
  "aws4-hmac-sha256": "aws_sigv4",
};

const KEY_PARAMETER = /(?:^|&)(?:key|api_key|api-key|apikey|access_token)=([^&]*)/;

/**
 * How a request was authenticated: the kind and the key's public beginning, never more. Undefined: no credential is seen, but
 * not all fields are known.
 */
export function toAuthFacts(headers: HttpHeaders, query: string, hasUnknownFields = false): AuthFacts | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== undefined) return fromAuthorization(authorization);
  for (const name of KEY_HEADERS) {
    const key = headers.get(name);
    if (key !== undefined) return withPrefix("api_key", key);
  }
  const parameter = query === "" ? null : KEY_PARAMETER.exec(query);
  if (parameter !== null) return withPrefix("query_key", parameter[1] ?? "");
  if (hasUnknownFields) return undefined;
  return { type: headers.has("cookie") ? "cookie" : "none" };
}

function fromAuthorization(value: string): AuthFacts {
  const space = value.indexOf(" ");
  if (space < 0) return withPrefix("api_key", value);
  const type = SCHEMES[value.slice(0, space).toLowerCase()] ?? "other";
  return type === "bearer" || type === "api_key" ? withPrefix(type, value.slice(space + 1).trim()) : { type };
}

function withPrefix(type: string, key: string): AuthFacts {
  const keyPrefix = findKeyPrefix(key);
  return keyPrefix === undefined ? { type } : { type, keyPrefix };
}
