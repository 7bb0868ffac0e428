/**
 * IBM watsonx: text generation (a prompt under `input` in, `results[]` out; one event per piece when streamed), chat, which is
 * chat completions with a `model_id`, and embeddings.
 *
 * @see https://cloud.ibm.com/apidocs/watsonx-ai#text-generation (read 2026-11-21)
 */
import type { Choice, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { openaiChat } from "./openai_chat.ts";
import { hasPathEnd } from "./path_end.ts";

const PATH_ENDS: readonly string[] = ["generation", "generation_stream", "chat", "chat_stream", "embeddings"]
  .map((end) => `ml/v1/text/${end}`);

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
  summary: "IBM watsonx text generation, chat and embeddings",
  stability: "experimental",
  docsUrl: "https://cloud.ibm.com/apidocs/watsonx-ai#text-generation",
  matchHead: (head) => (head.method === "POST" && PATH_ENDS.some((end) => hasPathEnd(head.path, end)) ? 0.9 : 0),
  matchBody: (json) => (typeof json["model_id"] === "string" && typeof json["input"] === "string" ? 0.8 : 0),
  matchAnswer: (json) => (typeof asRecord(asList(json?.["results"])[0])?.["generated_text"] === "string" ? 0.9 : 0),
  requestType: (head) => isChat(head) ? "chat" : isEmbedding(head) ? "embedding" : "completion",
  decodeRequest,
  createReader: (context) => {
    if (isChat(context.head)) return openaiChat.createReader(context);
    if (isEmbedding(context.head)) return createDocumentReader(context, readVectors);
    // A stream brings one piece per event and running totals of the tokens.
    let text: string | undefined;
    let outputTokens: number | undefined;
    return createDocumentReader(context, (json) => {
      const result = asRecord(asList(json["results"])[0]);
      const piece = asText(result?.["generated_text"]);
      if (piece !== undefined) text = (text ?? "") + piece;
      outputTokens = Math.max(outputTokens ?? 0, asCount(result?.["generated_token_count"]) ?? 0) || outputTokens;
      return readResult(json, result, text, outputTokens);
    });
  },
};

function isChat({ path }: RequestHead): boolean {
  return hasPathEnd(path, "text/chat") || hasPathEnd(path, "text/chat_stream");
}

function isEmbedding({ path }: RequestHead): boolean {
  return hasPathEnd(path, "text/embeddings");
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json !== undefined && isChat(view)) {
    const isStreaming = hasPathEnd(view.path, "chat_stream");
    return openaiChat.decodeRequest({ ...view, json: { ...json, model: json["model_id"], stream: isStreaming } });
  }
  if (json !== undefined && isEmbedding(view)) return readEmbedding(json);
  const prompt = asText(json?.["input"]);
  if (json === undefined || prompt === undefined) return undefined;
  const settings = asRecord(json["parameters"]);
  return compact<ModelRequest>({
    requestType: "completion",
    model: asFilledText(json["model_id"]),
    isStreaming: hasPathEnd(view.path, "generation_stream"),
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
  outputTokens: number | undefined,
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
    usage: toUsage(asCount(result?.["input_token_count"]), outputTokens),
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
