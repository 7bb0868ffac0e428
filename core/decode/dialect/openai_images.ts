/**
 * Image generation, edits and variations. The prompt is a user message; images are counted, never kept.
 *
 * @see https://platform.openai.com/docs/api-reference/images (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { readFormFields } from "./form_fields.ts";
import { asCount, asFilledText, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";

const PATH_ENDS: readonly string[] = ["images/generations", "images/edits", "images/variations"];
const PARAMETERS: readonly string[] = [
  "n",
  "size",
  "quality",
  "style",
  "background",
  "output_format",
  "response_format",
];

/** Images in OpenAI's format. */
export const openaiImages: Dialect = {
  id: "openai_images",
  summary: "Image generation, edits and variations in OpenAI's format",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/images",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (PATH_ENDS.some((end) => hasPathEnd(head.path, end))) return 0.9;
    // Enough only on a host whose row lists this format.
    return hasPathEnd(head.path, "v1/images") ? 0.3 : 0;
  },
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "image",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, (json) => readImages(json, context.quirks)),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const fields = readFormFields(view);
  if (fields === undefined) return undefined;
  const prompt = asText(fields["prompt"]);
  const parameters: Record<string, unknown> = {};
  for (const name of PARAMETERS) {
    if (fields[name] !== undefined && fields[name] !== null) parameters[name] = fields[name];
  }
  return compact<ModelRequest>({
    requestType: "image",
    model: asText(fields["model"]) ?? asText(fields["model_name"]),
    isStreaming: fields["stream"] === true || fields["stream"] === "true",
    messages: prompt === undefined ? [] : [{ role: "user", content: prompt }],
    tools: [],
    parameters,
  });
}

function readImages(json: JsonRecord, quirks: readonly string[]): Partial<ModelResponse> {
  const made = json["data"] ?? json["images"];
  const images = Array.isArray(made) ? made.length : undefined;
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    model: asText(json["model"]),
    outputCount: images ?? (json["b64_json"] === undefined ? undefined : 1) ?? asCount(json["count"]),
    usage: decodeOpenAiUsage(json["usage"], quirks),
  });
}
