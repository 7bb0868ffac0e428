/**
 * Cohere embeddings, versions 1 and 2: texts, images or mixed inputs in, vectors by type out.
 *
 * @see https://docs.cohere.com/reference/embed (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
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
    parameters: compact<Record<string, unknown>>({
      dimensions: asCount(json["output_dimension"]),
      input_type: asFilledText(json["input_type"]),
      embedding_types: Array.isArray(json["embedding_types"]) ? json["embedding_types"] : undefined,
    }),
  });
}

/** Types of vectors with the dimensions that one of their numbers stands for; the surest come first. */
const TYPES: readonly (readonly [string, number])[] = [["float", 1], ["int8", 1], ["uint8", 1], ["binary", 8], [
  "ubinary",
  8,
]];

/** Vectors lie in a list (version 1) or in one list per type (version 2). */
function readVectors(json: JsonRecord): Partial<ModelResponse> {
  const byType = asRecord(json["embeddings"]) ?? { float: json["embeddings"] };
  const [type, size] = TYPES.find(([name]) => asList(byType[name]).length > 0) ?? [Object.keys(byType)[0] ?? "", 0];
  const vectors = asList(byType[type]);
  const first = asList(vectors[0]);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    embedding: vectors.length === 0
      ? undefined
      : compact({ count: vectors.length, dimensions: first.length * size || undefined }),
    usage: readUsage(asRecord(json["meta"])),
  });
}

/** Tokens of pictures are told beside those of text; together they are the input. */
function readUsage(meta: JsonRecord | undefined): Usage | undefined {
  const usage = toCohereUsage(meta);
  const inputImageTokens = asCount(asRecord(meta?.["billed_units"])?.["image_tokens"]);
  if (!inputImageTokens) return usage;
  return { ...usage, inputTokens: (usage?.inputTokens ?? 0) + inputImageTokens, inputImageTokens };
}
