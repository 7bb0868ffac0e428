/**
 * The plain text formats of Titan, Llama, Mistral and embedding models on Bedrock: a prompt in, a text or a vector out.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html (read 2026-11-21)
 */
import type { Choice, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** What a guardrail says that answered for the model, or changed its answer. */
const GUARD_INTERVENED = "INTERVENED";

/** Titan writes FINISH and LENGTH; other vendors' words are in the common table. */
const TITAN_REASONS: Readonly<Record<string, Choice["finishReason"]>> = {
  FINISH: "stop",
  LENGTH: "length",
  [GUARD_INTERVENED]: "content_filter",
};

/** Plain text formats inside InvokeModel; never matched by itself. */
export const bedrockText: Dialect = {
  id: "bedrock_text",
  summary: "Plain text and embedding formats inside Amazon Bedrock InvokeModel",
  stability: "experimental",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html",
  matchHead: () => 0,
  matchBody: (json) => (typeof json["inputText"] === "string" ? 0.8 : 0),
  matchAnswer: () => 0,
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => {
    // A stream brings the text in pieces: every message adds to the one before.
    let before: Partial<ModelResponse> = {};
    return createDocumentReader(context, (json) => before = joinText(before, readAnswer(json)));
  },
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const prompt = asText(json["inputText"]) ?? asText(json["prompt"]) ?? asText(json["singleEmbeddingParams"]);
  const isEmbedding = /embed/.test(view.path);
  const config = asRecord(json["textGenerationConfig"]) ?? json;
  return compact<ModelRequest>({
    requestType: "completion",
    isStreaming: false,
    messages: prompt === undefined || isEmbedding ? [] : [{ role: "user", content: prompt }],
    inputCount: isEmbedding ? 1 : undefined,
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: config["temperature"],
      top_p: config["topP"] ?? config["top_p"],
      top_k: config["top_k"],
      max_tokens: config["maxTokenCount"] ?? config["max_gen_len"] ?? config["max_tokens"],
      stop: config["stopSequences"] ?? config["stop"],
      dimensions: json["dimensions"],
    }),
  });
}

function readAnswer(json: JsonRecord): Partial<ModelResponse> {
  const titan = asRecord(asList(json["results"])[0]);
  const mistral = asRecord(asList(json["outputs"])[0]);
  const text = asText(titan?.["outputText"]) ?? asText(json["outputText"]) ?? asText(json["generation"]) ??
    asText(mistral?.["text"]);
  const raw = asFilledText(titan?.["completionReason"]) ?? asFilledText(json["completionReason"]) ??
    asFilledText(json["stop_reason"]) ?? asFilledText(mistral?.["stop_reason"]) ?? readGuard(json);
  return compact<Partial<ModelResponse>>({
    choices: text === undefined ? undefined : [compact<Choice>({
      index: 0,
      message: { role: "assistant", content: text },
      finishReason: raw === undefined ? undefined : TITAN_REASONS[raw] ?? toFinishReason(raw),
      rawFinishReason: raw,
    })],
    embedding: readVector(json),
    usage: readUsage(json, titan),
  });
}

/** Where a guardrail answered for the model, nothing else says why it ended. */
function readGuard(json: JsonRecord): string | undefined {
  const action = asFilledText(json["amazon-bedrock-guardrailAction"]);
  return action === GUARD_INTERVENED ? action : undefined;
}

function joinText(before: Partial<ModelResponse>, next: Partial<ModelResponse>): Partial<ModelResponse> {
  const text = before.choices?.[0]?.message.content;
  const piece = next.choices?.[0];
  if (text !== undefined && piece !== undefined) piece.message.content = text + (piece.message.content ?? "");
  const joined = { ...before, ...next };
  if (before.usage !== undefined && next.usage !== undefined) {
    joined.usage = addTotal({ ...before.usage, ...next.usage });
  }
  return joined;
}

/** Input and output are counted in different messages of a stream. */
function addTotal(usage: Usage): Usage {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return usage;
  return { ...usage, totalTokens: inputTokens + outputTokens };
}

function readVector(json: JsonRecord): ModelResponse["embedding"] {
  const listed = asRecord(asList(json["embeddings"])[0])?.["embedding"];
  const vector = Array.isArray(json["embedding"]) ? json["embedding"] : listed;
  return Array.isArray(vector) ? { count: 1, dimensions: vector.length } : undefined;
}

function readUsage(json: JsonRecord, titan: JsonRecord | undefined): Usage | undefined {
  const inputTokens = asCount(json["inputTextTokenCount"]) ?? asCount(json["prompt_token_count"]);
  const outputTokens = asCount(titan?.["tokenCount"]) ?? asCount(json["totalOutputTextTokenCount"]) ??
    asCount(json["generation_token_count"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return addTotal(compact<Usage>({ inputTokens, outputTokens }));
}
