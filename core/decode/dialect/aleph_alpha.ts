/**
 * Aleph Alpha's own API: completions of a prompt that may have several parts, and vectors by meaning.
 *
 * @see https://docs.aleph-alpha.com/api/complete/ (read 2026-11-21)
 */
import type { Choice, Message, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestHead, RequestView, ResponseReader } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

const EMBEDDING_ENDS = ["embed", "semantic_embed", "batch_semantic_embed"] as const;

/** Settings under their common names. */
const PARAMETERS: Readonly<Record<string, string>> = {
  maximum_tokens: "max_tokens",
  temperature: "temperature",
  top_k: "top_k",
  top_p: "top_p",
  presence_penalty: "presence_penalty",
  frequency_penalty: "frequency_penalty",
  stop_sequences: "stop",
  n: "n",
};

/** Aleph Alpha completions and embeddings. */
export const alephAlpha: Dialect = {
  id: "aleph_alpha",
  summary: "Aleph Alpha completions and embeddings",
  stability: "experimental",
  docsUrl: "https://docs.aleph-alpha.com/api/complete/",
  // Other vendors have paths like these: they count on the vendor's own hosts only.
  matchHead: (head) => head.method === "POST" && (hasPathEnd(head.path, "complete") || isEmbedding(head)) ? 0.3 : 0,
  matchBody: (json) => (typeof json["maximum_tokens"] === "number" && json["prompt"] !== undefined ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && "model_version" in json && "completions" in json ? 0.95 : 0),
  requestType,
  decodeRequest,
  createReader: (context): ResponseReader => {
    // A stream brings pieces, and its counts apart from them.
    const pieces = new Map<number, Choice>();
    return createDocumentReader(context, (json) => readAnswer(json, pieces));
  },
};

function isEmbedding(head: RequestHead): boolean {
  return EMBEDDING_ENDS.some((end) => hasPathEnd(head.path, end));
}

function requestType(head: RequestHead): RequestType {
  return isEmbedding(head) ? "embedding" : "completion";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const prompts = Array.isArray(json["prompts"]) ? json["prompts"].length : json["prompt"] === undefined ? 0 : 1;
  if (prompts === 0) return undefined;
  const isVector = isEmbedding(view);
  const parameters: Record<string, unknown> = {};
  for (const [name, published] of Object.entries(PARAMETERS)) {
    if (json[name] !== undefined && json[name] !== null) parameters[published] = json[name];
  }
  return compact<ModelRequest>({
    requestType: requestType(view),
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages: isVector ? [] : [readPrompt(json["prompt"])],
    inputCount: isVector ? prompts : undefined,
    tools: [],
    parameters,
  });
}

/** A prompt is a text, or a list of texts and images. */
function readPrompt(prompt: unknown): Message {
  const parts = asRecords(prompt);
  const texts = parts.filter(({ type }) => type === "text").map(({ data }) => asText(data)).filter((text) =>
    text !== undefined
  );
  const imageCount = parts.filter(({ type }) => type === "image").length;
  return compact<Message>({
    role: "user",
    content: asText(prompt) ?? (texts.length === 0 ? undefined : texts.join("\n")),
    imageCount: imageCount === 0 ? undefined : imageCount,
  });
}

function readAnswer(json: JsonRecord, pieces: Map<number, Choice>): Partial<ModelResponse> {
  const vectors = Array.isArray(json["embeddings"]) ? json["embeddings"] : [json["embedding"]];
  const [first] = vectors;
  asRecords(json["completions"]).forEach((entry, index) => addPiece(pieces, index, entry));
  if (typeof json["type"] === "string" && json["type"].startsWith("stream_")) {
    addPiece(pieces, asCount(json["index"]) ?? 0, json);
  }
  const choices = [...pieces.values()];
  return compact<Partial<ModelResponse>>({
    choices: choices.length === 0 ? undefined : choices,
    embedding: Array.isArray(first) ? { count: vectors.length, dimensions: first.length } : undefined,
    usage: readUsage(json),
  });
}

function addPiece(pieces: Map<number, Choice>, index: number, entry: JsonRecord): void {
  const known = pieces.get(index);
  const raw = asFilledText(entry["finish_reason"]);
  pieces.set(
    index,
    compact<Choice>({
      index,
      message: { role: "assistant", content: (known?.message.content ?? "") + (asText(entry["completion"]) ?? "") },
      finishReason: raw === undefined ? known?.finishReason : toFinishReason(raw),
      rawFinishReason: raw ?? known?.rawFinishReason,
    }),
  );
}

function readUsage(json: JsonRecord): Usage | undefined {
  const inputTokens = asCount(json["num_tokens_prompt_total"]);
  const outputTokens = asCount(json["num_tokens_generated"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens,
  });
}
