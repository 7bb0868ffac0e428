/**
 * llama.cpp's own server API: completion and infill with a prompt, embedding. What speaks OpenAI's or Anthropic's format on the
 * same server is read as that.
 *
 * @see https://github.com/ggml-org/llama.cpp/tree/master/tools/server (read 2026-11-21)
 */
import type { FinishReason, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";
import { toWordTable } from "./word_table.ts";

const OWN_KEYS = ["n_predict", "cache_prompt", "n_probs", "id_slot", "mirostat", "repeat_last_n"] as const;
const REASONS = toWordTable<FinishReason>({ eos: "stop", word: "stop", limit: "length" });

/** llama.cpp's server. */
export const llamacpp: Dialect = {
  id: "llamacpp",
  summary: "llama.cpp's own completion, infill and embedding",
  stability: "experimental",
  docsUrl: "https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "infill")) return 0.6;
    return hasPathEnd(head.path, "completion") || hasPathEnd(head.path, "embedding") ? 0.4 : 0;
  },
  matchBody: (json, head) => {
    if (typeof json["input_prefix"] === "string" && typeof json["input_suffix"] === "string") return 0.85;
    const isOwn = json["prompt"] !== undefined && OWN_KEYS.some((key) => json[key] !== undefined);
    return isOwn ? 0.8 : hasPathEnd(head.path, "embedding") && json["content"] !== undefined ? 0.6 : 0;
  },
  matchAnswer: (json) => typeof json?.["content"] === "string" && typeof json["stop"] === "boolean" ? 0.9 : 0,
  requestType,
  decodeRequest,
  createReader: (context) =>
    isEmbedding(context.head) ? createDocumentReader(context, readVector) : createPieceReader(context, readPiece),
};

function isEmbedding(head: RequestHead): boolean {
  return hasPathEnd(head.path, "embedding");
}

function requestType(head: RequestHead) {
  return isEmbedding(head) ? "embedding" as const : "completion" as const;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  if (isEmbedding(view)) return readEmbedding(json);
  const prompt = asText(json["prompt"]);
  const around = [asText(json["input_prefix"]), asText(json["input_suffix"])].filter((text) => text !== undefined);
  if (json["prompt"] === undefined && around.length === 0) return undefined;
  const texts = [...around, ...(prompt === undefined || prompt === "" ? [] : [prompt])];
  return compact<ModelRequest>({
    requestType: "completion",
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages: texts.map((content) => ({ role: "user", content })),
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: json["temperature"] ?? undefined,
      top_p: json["top_p"] ?? undefined,
      top_k: json["top_k"] ?? undefined,
      max_tokens: json["n_predict"] ?? undefined,
      stop: json["stop"] ?? undefined,
      seed: json["seed"] ?? undefined,
    }),
  });
}

function readEmbedding(json: JsonRecord): ModelRequest | undefined {
  const { content } = json;
  if (content === undefined) return undefined;
  return {
    requestType: "embedding",
    isStreaming: false,
    messages: [],
    tools: [],
    parameters: {},
    inputCount: Array.isArray(content) ? content.length : 1,
  };
}

/** Only the last event of a stream has the counts and the reason. */
function readPiece(json: JsonRecord): Piece {
  const raw = asFilledText(json["stop_type"]) ?? (json["stopped_limit"] === true ? "limit" : undefined) ??
    (json["stopped_eos"] === true ? "eos" : json["stopped_word"] === true ? "word" : undefined);
  const isStopped = json["stop"] === true;
  return {
    text: asText(json["content"]),
    model: isStopped ? asFilledText(json["model"]) : undefined,
    ...(isStopped && raw !== undefined && raw !== "none" && {
      finishReason: REASONS[raw] ?? "other",
      rawFinishReason: raw,
    }),
    usage: isStopped ? toUsage(asCount(json["tokens_evaluated"]), asCount(json["tokens_predicted"])) : undefined,
  };
}

function toUsage(inputTokens: number | undefined, outputTokens: number | undefined): Usage | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const totalTokens = inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined;
  return compact<Usage>({ inputTokens, outputTokens, totalTokens });
}

/** `embedding` is a vector, or a list of vectors, one a token. */
function readVector(json: JsonRecord): Partial<ModelResponse> {
  const vector = asList(json["embedding"]);
  const first = vector[0];
  if (first === undefined) return {};
  const dimensions = Array.isArray(first) ? first.length : vector.length;
  return { embedding: { count: 1, dimensions } };
}
