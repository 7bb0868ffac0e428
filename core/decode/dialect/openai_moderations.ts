/**
 * Moderation: inputs are user messages, the answer says how many were flagged only to the caller; categories are not published.
 *
 * @see https://platform.openai.com/docs/api-reference/moderations (read 2026-11-21)
 */
import type { Message, ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asList, asRecord, asText } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";

/** Moderation in OpenAI's format. */
export const openaiModerations: Dialect = {
  id: "openai_moderations",
  summary: "Moderation in OpenAI's format",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/moderations",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "moderations") ? 0.9 : 0),
  matchBody: () => 0,
  matchAnswer: (json) => {
    const first = asRecord(asList(json?.["results"])[0]);
    return first !== undefined && typeof first["flagged"] === "boolean" ? 0.95 : 0;
  },
  requestType: () => "moderation",
  decodeRequest,
  createReader: (context) =>
    createDocumentReader(context, (json) =>
      compact({
        requestId: asFilledText(json["id"]),
        model: asFilledText(json["model"]),
        outputCount: Array.isArray(json["results"]) ? json["results"].length : undefined,
        usage: decodeOpenAiUsage(json["usage"], context.quirks),
      })),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const inputs = typeof json["input"] === "string" ? [json["input"]] : asList(json["input"]);
  return compact<ModelRequest>({
    requestType: "moderation",
    model: asText(json["model"]),
    isStreaming: false,
    messages: inputs.flatMap(toMessage),
    inputCount: json["input"] === undefined ? undefined : inputs.length,
    tools: [],
    parameters: {},
  });
}

function toMessage(input: unknown): Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const part = asRecord(input);
  const text = asText(part?.["text"]);
  if (text !== undefined) return [{ role: "user", content: text }];
  return part?.["type"] === "image_url" ? [{ role: "user", imageCount: 1 }] : [];
}
