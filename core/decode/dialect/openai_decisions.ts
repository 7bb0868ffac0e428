/**
 * Decisions: one input and typed questions about it (a predicate, a choice, a score), probabilities out. The input is written like
 * that of Responses; how many questions were answered is told, what with only to the caller.
 *
 * @see https://platform.openai.com/docs/api-reference/decisions (public beta, read 2026-11-21)
 * @see https://docs.fireworks.ai/api-reference/post-decisions (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { decodeResponsesRequest } from "./openai_responses_request.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";

const QUESTION_TYPES: readonly (string | undefined)[] = ["predicate", "choice", "score"];
const ANSWER_TYPES: readonly (string | undefined)[] = [...QUESTION_TYPES, "refusal"];

/** Decisions in OpenAI's format. */
export const openaiDecisions: Dialect = {
  id: "openai_decisions",
  summary: "Decisions in OpenAI's format",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/api-reference/decisions",
  // Many services that are no model have decisions, too: elsewhere than on a listed host the body decides.
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "decisions") ? 0.3 : 0),
  matchBody: (json) =>
    typeof json["model"] === "string" && json["input"] !== undefined && haveTypes(json["questions"], QUESTION_TYPES)
      ? 0.9
      : 0,
  matchAnswer: (json) =>
    typeof json?.["model"] === "string" && haveTypes(json["answers"], ANSWER_TYPES) && isCounted(json) ? 0.95 : 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) =>
    createDocumentReader(context, (json) =>
      compact({
        requestId: asFilledText(json["id"]),
        model: asFilledText(json["model"]),
        outputCount: Array.isArray(json["answers"]) ? json["answers"].length : undefined,
        usage: decodeOpenAiUsage(json["usage"], context.quirks),
        serviceTier: asFilledText(json["service_tier"]),
      })),
};

function isCounted(json: JsonRecord): boolean {
  return asRecord(json["usage"]) !== undefined;
}

function haveTypes(entries: unknown, types: readonly (string | undefined)[]): boolean {
  const found = asRecords(entries);
  return found.length > 0 && found.every((entry) => types.includes(asText(entry["type"])));
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const request = json === undefined ? undefined : decodeResponsesRequest(json);
  return request === undefined ? undefined : { ...request, requestType: "other" };
}
