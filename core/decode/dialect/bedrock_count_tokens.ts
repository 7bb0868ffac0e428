import { Buffer } from "node:buffer";
import type { ModelRequest } from "../../model/model_call.ts";
import { decodeAnthropicRequest } from "./anthropic_request.ts";
import type { RequestView } from "./dialect.ts";
import { asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";

/**
 * Reads what Bedrock's CountTokens is asked to count: a Converse body, which `decodeConverse` reads, or the body of an InvokeModel
 * call in base64; the models that can be counted so are Anthropic's. Undefined when it is neither.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html (read 2026-11-21)
 */
export function decodeCountTokens(
  view: RequestView,
  decodeConverse: (view: RequestView) => ModelRequest | undefined,
): ModelRequest | undefined {
  const input = asRecord(asRecord(view.json)?.["input"]);
  const converse = asRecord(input?.["converse"]);
  const request = converse === undefined
    ? decodeInvoke(asRecord(input?.["invokeModel"]))
    : decodeConverse({ ...view, json: converse });
  return request === undefined ? undefined : { ...request, requestType: "count_tokens", isStreaming: false };
}

function decodeInvoke(invoke: JsonRecord | undefined): ModelRequest | undefined {
  const body = asText(invoke?.["body"]);
  const json = body === undefined ? undefined : parseRecord(Buffer.from(body, "base64").toString("utf8"));
  return json === undefined ? undefined : decodeAnthropicRequest(json, false);
}
