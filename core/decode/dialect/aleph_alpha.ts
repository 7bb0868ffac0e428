/**
 * Aleph Alpha's own API: a prompt of parts in, completions, vectors, scores or explanations out. Chat, embeddings and reranking under
 * their usual paths are OpenAI's and Cohere's formats.
 *
 * @see https://docs.aleph-alpha.com and the vendor's Python client (read 2026-11-21)
 */
import type { Choice, Message, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import type { BodyMessage } from "../body/body_format.ts";

/** Enough on a host that lists the format, too little anywhere else. */
const ONLY_WITH_HOST = 0.3;

const TYPES: readonly (readonly [pathEnd: string, type: RequestType])[] = [
  ["complete", "completion"],
  ["embed", "embedding"],
  ["semantic_embed", "embedding"],
  ["batch_semantic_embed", "embedding"],
  ["instructable_embed", "embedding"],
  ["explain", "other"],
  ["evaluate", "other"],
  ["translate", "completion"],
];

/** Members that hold what is asked. */
const ASKED = ["prompt", "prompts", "source", "input"] as const;

/** Most alternatives of one answer that are kept. */
const MAX_CHOICES = 64;

/** Aleph Alpha. */
export const alephAlpha: Dialect = {
  id: "aleph_alpha",
  summary: "Aleph Alpha's own API: completions, embeddings, evaluations, explanations, translations",
  stability: "experimental",
  docsUrl: "https://docs.aleph-alpha.com",
  matchHead: (head) => (head.method === "POST" && findType(head) !== undefined ? ONLY_WITH_HOST : 0),
  matchBody: (json) => (typeof json["maximum_tokens"] === "number" && json["prompt"] !== undefined ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && "model_version" in json && "completions" in json ? 0.95 : 0),
  requestType: (head) => findType(head) ?? "completion",
  decodeRequest,
  createReader: (context) => {
    const type = context.request?.requestType ?? findType(context.head);
    return type === "completion" && !hasPathEnd(context.head.path, "translate")
      ? new CompletionReader(context)
      : createDocumentReader(context, readDocument);
  },
};

function findType(head: RequestHead): RequestType | undefined {
  return TYPES.find(([pathEnd]) => hasPathEnd(head.path, pathEnd))?.[1];
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined || !ASKED.some((name) => json[name] !== undefined)) return undefined;
  const requestType = findType(view) ?? "completion";
  const isEmbedding = requestType === "embedding";
  const message = readPrompt(json["prompt"] ?? json["source"] ?? json["input"]);
  const inputs = Array.isArray(json["prompts"]) ? json["prompts"].length : 1;
  return compact<ModelRequest>({
    requestType,
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages: isEmbedding || message === undefined ? [] : [message],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: json["temperature"] ?? undefined,
      top_p: json["top_p"] ?? undefined,
      top_k: json["top_k"] ?? undefined,
      max_tokens: json["maximum_tokens"] ?? undefined,
      stop: json["stop_sequences"] ?? undefined,
      presence_penalty: json["presence_penalty"] ?? undefined,
      frequency_penalty: json["frequency_penalty"] ?? undefined,
      n: json["n"] ?? undefined,
      dimensions: json["compress_to_size"] ?? undefined,
    }),
    inputCount: isEmbedding ? inputs : undefined,
  });
}

/** A prompt is a text, or parts of which only texts are kept. */
function readPrompt(prompt: unknown): Message | undefined {
  if (typeof prompt === "string") return { role: "user", content: prompt };
  const parts = asRecords(prompt);
  if (parts.length === 0) return undefined;
  const texts = parts.filter((part) => part["type"] === "text").flatMap((part) => asText(part["data"]) ?? []);
  const imageCount = parts.filter((part) => part["type"] === "image").length;
  return compact<Message>({
    role: "user",
    content: texts.length === 0 ? undefined : texts.join("\n"),
    imageCount: imageCount || undefined,
  });
}

function readDocument(json: JsonRecord): Partial<ModelResponse> {
  const text = asText(json["translation"]);
  return compact<Partial<ModelResponse>>({
    embedding: readEmbedding(json),
    choices: text === undefined ? undefined : [{ index: 0, message: { role: "assistant", content: text } }],
    usage: readUsage(json),
  });
}

/** One vector, a list of them, or one for each layer and pooling. */
function readEmbedding(json: JsonRecord): ModelResponse["embedding"] {
  const single = json["embedding"];
  if (Array.isArray(single)) return { count: 1, dimensions: single.length };
  const byLayer = asRecord(json["embeddings"]);
  const vectors = byLayer === undefined
    ? asList(json["embeddings"])
    : Object.values(byLayer).flatMap((byPooling) => Object.values(asRecord(byPooling) ?? {}));
  const first = vectors.find(Array.isArray);
  return first === undefined ? undefined : { count: vectors.length, dimensions: first.length };
}

function readUsage(json: JsonRecord): Usage | undefined {
  const inputTokens = asCount(json["num_tokens_prompt_total"]);
  const outputTokens = asCount(json["num_tokens_generated"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
  });
}

/** A document with all completions, or events: pieces, the end of each completion, and the counts of all. */
class CompletionReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #choices = new Map<number, Choice>();
  #facts: Partial<ModelResponse> = {};
  #isStream = false;
  #hasSummary = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#isStream ? this.#hasSummary : undefined;
  }

  message({ text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (text === "[DONE]") return "end";
    const json = parseRecord(text);
    if (json === undefined) return "meta";
    const error = decodeOpenAiError(json) ?? (this.#context.response.status >= 400 ? decodeBareError(json) : undefined);
    if (error !== undefined) {
      this.#facts.error = error;
      return "meta";
    }
    const usage = readUsage(json);
    if (usage !== undefined) this.#facts.usage = usage;
    if (Array.isArray(json["completions"])) return this.#document(json["completions"]);
    return this.#event(json);
  }

  finish(): ModelResponse {
    return { ...this.#facts, choices: [...this.#choices.values()] };
  }

  #document(completions: readonly unknown[]): "token" {
    asRecords(completions).forEach((completion, index) => {
      const choice = this.#choice(index);
      if (choice === undefined) return;
      const content = asText(completion["completion"]);
      if (content !== undefined) choice.message.content = content;
      setReason(choice, completion["finish_reason"]);
    });
    return "token";
  }

  #event(json: JsonRecord): "token" | "meta" | StreamDelta {
    this.#isStream = true;
    if (json["type"] === "completion_summary") this.#hasSummary = true;
    if (json["type"] !== "stream_chunk" && json["type"] !== "stream_summary") return "meta";
    const choice = this.#choice(asCount(json["index"]) ?? 0);
    if (choice === undefined) return "meta";
    if (json["type"] === "stream_summary") {
      setReason(choice, json["finish_reason"]);
      return "meta";
    }
    const content = asText(json["completion"]) ?? "";
    choice.message.content = (choice.message.content ?? "") + content;
    if (content === "") return "meta";
    return this.#context.wantsDelta ? { content } : "token";
  }

  #choice(index: number): Choice | undefined {
    const known = this.#choices.get(index);
    if (known !== undefined || this.#choices.size >= MAX_CHOICES) return known;
    const choice: Choice = { index, message: { role: "assistant" } };
    this.#choices.set(index, choice);
    return choice;
  }
}

function setReason(choice: Choice, value: unknown): void {
  const raw = asFilledText(value);
  if (raw === undefined) return;
  choice.finishReason = raw === "stop_sequence_reached" ? "stop" : toFinishReason(raw);
  choice.rawFinishReason = raw;
}
