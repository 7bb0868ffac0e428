import type { ModelRequest } from "../../model/model_call.ts";
import { createCountReader } from "./count_reader.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { ResponsesReader } from "./openai_responses_reader.ts";
import { decodeResponsesRequest } from "./openai_responses_request.ts";
import { hasPathEnd } from "./path_end.ts";

/** Keys that tell a Responses body from an embeddings body, which has `input` and `model` as well. */
const OWN_KEYS = [
  "instructions",
  "store",
  "include",
  "reasoning",
  "text",
  "max_output_tokens",
  "previous_response_id",
  "conversation",
  "tools",
  "stream",
] as const;

/**
 * OpenAI Responses over HTTP, plain and streamed, and the vendors that speak it.
 *
 * @see https://platform.openai.com/docs/api-reference/responses (read 2026-08-20)
 */
export const openaiResponses: Dialect = {
  id: "openai_responses",
  summary: "OpenAI Responses and everything that speaks it",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/responses",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "responses/compact") || isTokenCount(head)) return 0.95;
    return hasPathEnd(head.path, "v1/responses") ? 0.95 : hasPathEnd(head.path, "responses") ? 0.85 : 0;
  },
  matchBody,
  matchAnswer: (json) => {
    if (json?.object === "response") return 1;
    return asText(json?.type)?.startsWith("response.") ? 1 : 0;
  },
  requestType: (head) => isTokenCount(head) ? "count_tokens" : "chat",
  decodeRequest,
  createReader: (context) =>
    isTokenCount(context.head) ? createCountReader(context, "input_tokens") : new ResponsesReader(context),
};

function isTokenCount(head: RequestHead): boolean {
  return hasPathEnd(head.path, "responses/input_tokens");
}

function matchBody(json: JsonRecord, head: RequestHead): number {
  if (head.method !== "POST" || json.input === undefined) return 0;
  if (OWN_KEYS.some((key) => json[key] !== undefined)) return 0.75;
  const first = asRecord(asList(json.input)[0]);
  return first !== undefined && (first.role !== undefined || first.type !== undefined) ? 0.75 : 0.3;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const request = json === undefined ? undefined : decodeResponsesRequest(json);
  if (request !== undefined && isTokenCount(view)) request.requestType = "count_tokens";
  return request;
}
