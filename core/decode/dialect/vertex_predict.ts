/**
 * Vertex AI predict: embeddings (text in, vectors out), and pictures and video (prompt in). The model stands in the path.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toGeminiError } from "./gemini_reader.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";

const PATH = /\/models\/([^/:]+):(predict|predictLongRunning)$/;

/** Vertex AI predict. */
export const vertexPredict: Dialect = {
  id: "vertex_predict",
  summary: "Vertex AI predict: embeddings, pictures and video",
  stability: "experimental",
  docsUrl: "https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType,
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readPredictions),
};

function requestType(head: RequestHead): RequestType {
  const model = PATH.exec(head.path)?.[1] ?? "";
  if (model.includes("embedding")) return "embedding";
  return /^(?:imagen|veo)/.test(model) ? "image" : "other";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const instances = asRecord(view.json)?.["instances"];
  if (!Array.isArray(instances)) return undefined;
  const prompts = asRecords(instances).map((instance) => asText(instance["prompt"])).filter((text) =>
    text !== undefined
  );
  const type = requestType(view);
  return compact<ModelRequest>({
    requestType: type,
    model: PATH.exec(view.path)?.[1],
    isStreaming: false,
    messages: prompts.map((content) => ({ role: "user", content })),
    inputCount: type === "embedding" ? instances.length : undefined,
    tools: [],
    parameters: {},
  });
}

function readPredictions(json: JsonRecord): Partial<ModelResponse> {
  const predictions = asRecords(json["predictions"]);
  const vectors = predictions.map((prediction) => asRecord(prediction["embeddings"])).filter((found) =>
    found !== undefined
  );
  const first = vectors[0]?.["values"];
  const error = asRecord(json["error"]);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["name"]),
    embedding: vectors.length === 0
      ? undefined
      : compact({ count: vectors.length, dimensions: Array.isArray(first) ? first.length : undefined }),
    usage: readUsage(vectors),
    outputCount: vectors.length === 0 && predictions.length > 0 ? predictions.length : undefined,
    error: error === undefined ? undefined : toGeminiError(error),
  });
}

function readUsage(vectors: readonly JsonRecord[]): Usage | undefined {
  const counts = vectors.map((vector) => asCount(asRecord(vector["statistics"])?.["token_count"]));
  // One vector without a count makes the sum unknown.
  const inputTokens = counts.includes(undefined) ? undefined : sumCounts(...counts);
  return inputTokens === undefined ? undefined : { inputTokens, totalTokens: inputTokens };
}
