/**
 * IBM watsonx: text generation (a prompt under `input` in, `results[]` out; one event per piece when streamed), chat, which is
 * chat completions with a `model_id`, and embeddings.
 *
 * @see https://cloud.ibm.com/apidocs/watsonx-ai#text-generation (read 2026-11-21)
 */
import type { Choice, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { openaiChat } from "./openai_chat.ts";

/**
 * Operations below `/ml/v1/` (also of a deployment, which names no model in the body), and those of the beta that clients of 2023 and
 * early 2024 use.
 */
const PATH =
  /\/ml\/(?:v1\/(?:deployments\/[^/]+\/)?text\/(generation|chat|embeddings|rerank|tokenization)(_stream)?|v1-beta\/generation\/(text)(_stream)?)$/;

/** What a path asks for; `text` is generation by the beta's name. */
interface Operation {
  readonly name: string;
  readonly isStreaming: boolean;
}

/** watsonx says how a text ended in its own words. */
const REASONS: Readonly<Record<string, Choice["finishReason"]>> = {
  eos_token: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  token_limit: "length",
  cancelled: "other",
  time_limit: "length",
  error: "error",
};

/** IBM watsonx text generation. */
export const watsonx: Dialect = {
  id: "watsonx",
  summary: "IBM watsonx text generation, chat, embeddings, reranking and counts of tokens",
  stability: "experimental",
  docsUrl: "https://cloud.ibm.com/apidocs/watsonx-ai#text-generation",
  matchHead: (head) => (head.method === "POST" && findOperation(head) !== undefined ? 0.9 : 0),
  matchBody: (json) => (typeof json["model_id"] === "string" && typeof json["input"] === "string" ? 0.8 : 0),
  matchAnswer: (json) => (typeof asRecord(asList(json?.["results"])[0])?.["generated_text"] === "string" ? 0.9 : 0),
  requestType: (head) => TYPES[findOperation(head)?.name ?? ""] ?? "completion",
  decodeRequest,
  createReader: (context) => {
    const name = findOperation(context.head)?.name;
    if (name === "chat") return openaiChat.createReader(context);
    if (name === "embeddings") return createDocumentReader(context, readVectors);
    if (name === "rerank") return createDocumentReader(context, readScores);
    if (name === "tokenization") return createDocumentReader(context, readCount);
    // A stream brings one piece per event, running totals of what was written, and what was read in one of them only.
    let text: string | undefined;
    let inputTokens: number | undefined;
    let outputTokens: number | undefined;
    return createDocumentReader(context, (json) => {
      const result = asRecord(asList(json["results"])[0]);
      const piece = asText(result?.["generated_text"]);
      if (piece !== undefined) text = (text ?? "") + piece;
      outputTokens = Math.max(outputTokens ?? 0, asCount(result?.["generated_token_count"]) ?? 0) || outputTokens;
      inputTokens = asCount(result?.["input_token_count"]) || inputTokens;
      return readResult(json, result, text, toUsage(inputTokens, outputTokens));
    });
  },
};

/** Request types of operations that are no text generation. */
const TYPES: Readonly<Record<string, RequestType>> = {
  chat: "chat",
  embeddings: "embedding",
  rerank: "rerank",
  tokenization: "count_tokens",
};

function findOperation({ path }: RequestHead): Operation | undefined {
  // Asked of every request: nearly all paths have no such part.
  const found = path.includes("/ml/v1") ? PATH.exec(path) : null;
  if (found === null) return undefined;
  return { name: found[1] ?? found[3] ?? "", isStreaming: (found[2] ?? found[4]) !== undefined };
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const operation = findOperation(view);
  const isStreaming = operation?.isStreaming ?? false;
  if (json !== undefined && operation?.name === "chat") {
    return openaiChat.decodeRequest({ ...view, json: { ...json, model: json["model_id"], stream: isStreaming } });
  }
  if (json !== undefined && operation?.name === "embeddings") return readEmbedding(json);
  if (json !== undefined && operation?.name === "rerank") return readRerank(json);
  const prompt = asText(json?.["input"]);
  if (json === undefined || prompt === undefined) return undefined;
  const settings = asRecord(json["parameters"]);
  return compact<ModelRequest>({
    requestType: operation?.name === "tokenization" ? "count_tokens" : "completion",
    model: asFilledText(json["model_id"]),
    isStreaming,
    messages: [{ role: "user", content: prompt }],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: settings?.["temperature"],
      top_p: settings?.["top_p"],
      top_k: settings?.["top_k"],
      max_tokens: settings?.["max_new_tokens"],
      stop: settings?.["stop_sequences"],
      seed: settings?.["random_seed"],
    }),
  });
}

function readEmbedding(json: JsonRecord): ModelRequest | undefined {
  if (!Array.isArray(json["inputs"])) return undefined;
  return compact<ModelRequest>({
    requestType: "embedding",
    model: asFilledText(json["model_id"]),
    isStreaming: false,
    messages: [],
    tools: [],
    parameters: {},
    inputCount: json["inputs"].length,
  });
}

function readRerank(json: JsonRecord): ModelRequest | undefined {
  const query = asText(json["query"]);
  if (query === undefined) return undefined;
  return compact<ModelRequest>({
    requestType: "rerank",
    model: asFilledText(json["model_id"]),
    isStreaming: false,
    messages: [{ role: "user", content: query }],
    tools: [],
    parameters: {},
    inputCount: Array.isArray(json["inputs"]) ? json["inputs"].length : undefined,
  });
}

function readScores(json: JsonRecord): Partial<ModelResponse> {
  return compact<Partial<ModelResponse>>({
    model: asFilledText(json["model_id"]),
    outputCount: Array.isArray(json["results"]) ? json["results"].length : undefined,
    usage: toUsage(asCount(json["input_token_count"]), undefined),
  });
}

function readCount(json: JsonRecord): Partial<ModelResponse> {
  const inputTokens = asCount(asRecord(json["result"])?.["token_count"]);
  return compact<Partial<ModelResponse>>({
    model: asFilledText(json["model_id"]),
    usage: inputTokens === undefined ? undefined : { inputTokens },
  });
}

function readVectors(json: JsonRecord): Partial<ModelResponse> {
  const results = asList(json["results"]);
  const first = asRecord(results[0])?.["embedding"];
  return compact<Partial<ModelResponse>>({
    model: asFilledText(json["model_id"]),
    embedding: Array.isArray(first) ? { count: results.length, dimensions: first.length } : undefined,
    usage: toUsage(asCount(json["input_token_count"]), undefined),
  });
}

function readResult(
  json: JsonRecord,
  result: JsonRecord | undefined,
  text: string | undefined,
  usage: Usage | undefined,
): Partial<ModelResponse> {
  const raw = asFilledText(result?.["stop_reason"]);
  const isFinal = raw !== undefined && raw.toLowerCase() !== "not_finished";
  return compact<Partial<ModelResponse>>({
    model: asFilledText(json["model_id"]),
    choices: text === undefined ? undefined : [compact<Choice>({
      index: 0,
      message: { role: "assistant", content: text },
      finishReason: isFinal ? REASONS[raw.toLowerCase()] ?? toFinishReason(raw) : undefined,
      rawFinishReason: isFinal ? raw : undefined,
    })],
    usage,
  });
}

function toUsage(inputTokens: number | undefined, outputTokens: number | undefined): Usage | undefined {
  if (!inputTokens && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens: inputTokens || undefined,
    outputTokens,
    totalTokens: inputTokens && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
  });
}
