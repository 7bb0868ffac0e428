/**
 * Vertex AI predict: embeddings (text in, vectors out), pictures and video (prompt in), and the texts of PaLM (prompt or conversation
 * in, text and counts out). The model stands in the path.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api (read 2026-11-21)
 */
import type { Choice, Message, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
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
  summary: "Vertex AI predict: embeddings, pictures, video and PaLM",
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
  if (/^(?:imagen|veo)/.test(model)) return "image";
  if (/^(?:code)?chat-/.test(model)) return "chat";
  return /-(?:bison|unicorn|gecko)\b|^medlm/.test(model) ? "completion" : "other";
}

/** Settings under their common names. */
const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  maxOutputTokens: "max_tokens",
  candidateCount: "n",
  sampleCount: "n",
  outputDimensionality: "dimensions",
  stopSequences: "stop",
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const instances = asRecord(view.json)?.["instances"];
  if (!Array.isArray(instances)) return undefined;
  const type = requestType(view);
  const texts = asRecords(instances);
  const isChat = type === "chat";
  // What embeddings are made of is counted, not told.
  const messages = type === "embedding" ? [] : texts.flatMap(isChat ? readConversation : readPrompt);
  return compact<ModelRequest>({
    requestType: type,
    model: PATH.exec(view.path)?.[1],
    isStreaming: false,
    messages,
    messageCount: isChat ? messages.length : undefined,
    systemPrompt: isChat ? asFilledText(texts[0]?.["context"]) : undefined,
    inputCount: type === "embedding" ? instances.length : undefined,
    tools: [],
    parameters: readParameters(asRecord(view.json)?.["parameters"]),
  });
}

/** Code models have a beginning and perhaps an end. */
function readPrompt(instance: JsonRecord): Message[] {
  const content = asText(instance["prompt"]) ?? asText(instance["prefix"]) ?? asText(instance["content"]);
  return content === undefined ? [] : [{ role: "user", content }];
}

/** Authors are free words: the model is known by its own. */
function readConversation(instance: JsonRecord): Message[] {
  return asRecords(instance["messages"]).map((message) => ({
    role: /^(?:bot|assistant|model|1)$/.test(asText(message["author"]) ?? "") ? "assistant" : "user",
    content: asText(message["content"]) ?? "",
  }));
}

function readParameters(json: unknown): Record<string, unknown> {
  const stated = asRecord(json) ?? {};
  const parameters: Record<string, unknown> = {};
  for (const [name, published] of Object.entries(PARAMETER_NAMES)) {
    if (stated[name] !== undefined && stated[name] !== null) parameters[published] = stated[name];
  }
  return parameters;
}

function readPredictions(json: JsonRecord): Partial<ModelResponse> {
  const predictions = asRecords(json["predictions"]);
  const vectors = predictions.map((prediction) => asRecord(prediction["embeddings"])).filter((found) =>
    found !== undefined
  );
  const first = vectors[0]?.["values"];
  const error = asRecord(json["error"]);
  const choices = readTexts(predictions);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["name"]),
    embedding: vectors.length === 0
      ? undefined
      : compact({ count: vectors.length, dimensions: Array.isArray(first) ? first.length : undefined }),
    choices: choices.length === 0 ? undefined : choices,
    usage: readUsage(vectors) ?? readTextUsage(asRecord(asRecord(json["metadata"])?.["tokenMetadata"])),
    outputCount: vectors.length + choices.length === 0 && predictions.length > 0 ? predictions.length : undefined,
    error: error === undefined ? undefined : toGeminiError(error),
  });
}

/** A text, or candidates for the next message of a conversation. */
function readTexts(predictions: readonly JsonRecord[]): Choice[] {
  const texts = predictions.flatMap((prediction) =>
    Array.isArray(prediction["candidates"]) ? asRecords(prediction["candidates"]) : [prediction]
  ).map((text) => asText(text["content"]));
  return texts.flatMap((content, index) =>
    content === undefined ? [] : [{ index, message: { role: "assistant", content } }]
  );
}

function readTextUsage(counts: JsonRecord | undefined): Usage | undefined {
  const [inputTokens, outputTokens] = ["inputTokenCount", "outputTokenCount"].map((name) =>
    asCount(asRecord(counts?.[name])?.["totalTokens"])
  );
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function readUsage(vectors: readonly JsonRecord[]): Usage | undefined {
  const counts = vectors.map((vector) => asCount(asRecord(vector["statistics"])?.["token_count"]));
  // One vector without a count makes the sum unknown.
  const inputTokens = counts.includes(undefined) ? undefined : sumCounts(...counts);
  return inputTokens === undefined ? undefined : { inputTokens, totalTokens: inputTokens };
}
