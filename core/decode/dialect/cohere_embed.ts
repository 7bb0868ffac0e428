/**
 * Cohere embeddings, versions 1 and 2: texts, images or mixed inputs in, vectors by type out.
 *
 * @see https://docs.cohere.com/reference/embed (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import { toCohereUsage } from "./cohere_facts.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Cohere embeddings. */
export const cohereEmbed: Dialect = {
  id: "cohere_embed",
  summary: "Cohere embeddings, versions 2 and 1",
  stability: "stable",
  docsUrl: "https://docs.cohere.com/reference/embed",
  matchHead: (head) =>
    head.method === "POST" && (hasPathEnd(head.path, "v2/embed") || hasPathEnd(head.path, "v1/embed")) ? 0.9 : 0,
  matchBody: (json) => (Array.isArray(json["texts"]) && typeof json["input_type"] === "string" ? 0.8 : 0),
  matchAnswer: (json) => (json !== undefined && "embeddings" in json && "texts" in json ? 0.9 : 0),
  requestType: () => "embedding",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readVectors),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const inputs = [json["texts"], json["images"], json["inputs"]].filter(Array.isArray);
  return compact<ModelRequest>({
    requestType: "embedding",
    model: asText(json["model"]),
    isStreaming: false,
    messages: [],
    inputCount: inputs.length === 0 ? undefined : inputs.reduce((sum, list) => sum + list.length, 0),
    tools: [],
    parameters: compact<Record<string, unknown>>({ dimensions: asCount(json["output_dimension"]) }),
  });
}

/** Vectors lie in a list (version 1) or in one list per type (version 2). */
function readVectors(json: JsonRecord): Partial<ModelResponse> {
  const byType = asRecord(json["embeddings"]);
  const vectors = byType === undefined ? asList(json["embeddings"]) : asList(Object.values(byType)[0]);
  const first = vectors[0];
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    embedding: vectors.length === 0
      ? undefined
      : compact({ count: vectors.length, dimensions: Array.isArray(first) ? first.length : undefined }),
    usage: toCohereUsage(asRecord(json["meta"])),
  });
}
