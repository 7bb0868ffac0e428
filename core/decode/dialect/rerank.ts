/**
 * Reranking as Cohere, Jina, Voyage, OpenRouter and vLLM offer it: a query and documents in, scores out.
 *
 * @see https://docs.cohere.com/reference/rerank (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { toCohereUsage } from "./cohere_facts.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";

const PATH_ENDS: readonly string[] = ["rerank", "reranking"];

/** Reranking. */
export const rerank: Dialect = {
  id: "rerank",
  summary: "Reranking of documents by a query",
  stability: "stable",
  docsUrl: "https://docs.cohere.com/reference/rerank",
  matchHead: (head) => (head.method === "POST" && PATH_ENDS.some((end) => hasPathEnd(head.path, end)) ? 0.9 : 0),
  matchBody: (json) => (typeof json["query"] === "string" && Array.isArray(json["documents"]) ? 0.6 : 0),
  matchAnswer: (json) => {
    const first = asRecord(asList(json?.["results"] ?? json?.["data"])[0]);
    return first !== undefined && typeof first["relevance_score"] === "number" ? 0.95 : 0;
  },
  requestType: () => "rerank",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readScores),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const bedrock = readBedrock(json);
  const query = asText(json["query"]) ?? bedrock?.query;
  const topN = asCount(json["top_n"]) ?? asCount(json["top_k"]) ?? bedrock?.topN;
  const documents = json["documents"] ?? json["sources"] ?? json["input"];
  return compact<ModelRequest>({
    requestType: "rerank",
    model: asText(json["model"]) ?? bedrock?.model,
    isStreaming: false,
    messages: query === undefined ? [] : [{ role: "user", content: query }],
    inputCount: Array.isArray(documents) ? documents.length : undefined,
    tools: [],
    parameters: topN === undefined ? {} : { top_n: topN },
  });
}

/**
 * Amazon Bedrock names model and number of results in a configuration of their own.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html (read 2026-11-21)
 */
function readBedrock(
  json: JsonRecord,
): { query: string | undefined; model: string | undefined; topN: number | undefined } | undefined {
  const config = asRecord(asRecord(json["rerankingConfiguration"])?.["bedrockRerankingConfiguration"]);
  if (config === undefined) return undefined;
  return {
    query: asText(asRecord(asRecord(asList(json["queries"])[0])?.["textQuery"])?.["text"]),
    model: asFilledText(asRecord(config["modelConfiguration"])?.["modelArn"]),
    topN: asCount(config["numberOfResults"]),
  };
}

function readScores(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const results = json["results"] ?? json["data"];
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    model: asFilledText(json["model"]),
    outputCount: Array.isArray(results) ? results.length : undefined,
    usage: readUsage(json, context.quirks),
  });
}

/** Vendors that bill by search unit give no tokens, and none are made up. */
function readUsage(json: JsonRecord, quirks: readonly string[]): Usage | undefined {
  const usage = asRecord(json["usage"]);
  if (usage === undefined) return toCohereUsage(asRecord(json["meta"]));
  const read = decodeOpenAiUsage(usage, quirks);
  return read !== undefined && Object.keys(read).length > 0 ? read : undefined;
}
