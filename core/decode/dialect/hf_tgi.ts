/**
 * Text Generation Inference's own API: generate and generate_stream; and models that Hugging Face serves by their name in the path,
 * whose task only the model knows.
 *
 * @see https://huggingface.github.io/text-generation-inference (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** A model by its name, as Hugging Face's own inference serves it, and the task where the path names one. */
const MODEL_PATH = /\/models\/([^/]+\/[^/]+)(?:\/pipeline\/([\w-]+))?$/;

/** Settings that only generation of text has. */
const TEXT_SETTINGS = ["max_new_tokens", "return_full_text", "do_sample", "top_k", "top_p"] as const;

/** Text Generation Inference. */
export const hfTgi: Dialect = {
  id: "hf_tgi",
  summary: "Text Generation Inference's generate and generate_stream",
  stability: "experimental",
  docsUrl: "https://huggingface.github.io/text-generation-inference",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "generate_stream")) return 0.5;
    return hasPathEnd(head.path, "generate") || MODEL_PATH.test(head.path) ? 0.3 : 0;
  },
  matchBody: (json) => (typeof json["inputs"] === "string" ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && typeof json["generated_text"] === "string" ? 0.9 : 0),
  requestType: (head) => findType(head, undefined),
  decodeRequest,
  createReader: (context) => new TgiReader(context),
};

/** A model that is named by the path alone may make text, pictures or numbers: only what tells is said. */
function findType(head: RequestHead, settings: JsonRecord | undefined): RequestType {
  const found = MODEL_PATH.exec(head.path);
  if (found === null) return "completion";
  if (found[2] === "feature-extraction") return "embedding";
  return TEXT_SETTINGS.some((name) => settings?.[name] !== undefined) ? "completion" : "other";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = asText(json?.["inputs"]);
  const inputs = json?.["inputs"];
  if (json === undefined || (prompt === undefined && !Array.isArray(inputs))) return undefined;
  const settings = asRecord(json["parameters"]);
  const requestType = findType(view, settings);
  const isEmbedding = requestType === "embedding";
  return compact<ModelRequest>({
    requestType,
    model: MODEL_PATH.exec(view.path)?.[1],
    inputCount: isEmbedding ? (Array.isArray(inputs) ? inputs.length : 1) : undefined,
    isStreaming: json["stream"] === true || hasPathEnd(view.path, "generate_stream"),
    messages: prompt === undefined || isEmbedding ? [] : [{ role: "user", content: prompt }],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: settings?.["temperature"] ?? undefined,
      top_p: settings?.["top_p"] ?? undefined,
      top_k: settings?.["top_k"] ?? undefined,
      max_tokens: settings?.["max_new_tokens"] ?? undefined,
      stop: settings?.["stop"] ?? undefined,
      seed: settings?.["seed"] ?? undefined,
    }),
  });
}

class TgiReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  readonly #context: ResponseContext;
  #text: string | undefined;
  #details: JsonRecord | undefined;
  #error: string | undefined;
  #vectors: { readonly count: number; readonly dimensions: number } | undefined;
  /** The last event of a stream has the whole text. */
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
    this.#context = context;
  }

  /** A list of one answer, or of vectors, is no stream of pieces. */
  get isStream(): boolean | undefined {
    return this.hasEnded !== undefined || this.#context.response.contentType.includes("event-stream");
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const parsed = parseJson(message.text);
    if (this.#context.request?.requestType === "embedding") return this.#takeVector(parsed);
    const json = asRecord(Array.isArray(parsed) ? parsed[0] : parsed);
    if (json === undefined) return "meta";
    this.#error ??= asFilledText(json["error"]);
    this.#details = asRecord(json["details"]) ?? this.#details;
    const token = asRecord(json["token"]);
    const piece = token?.["special"] === true ? undefined : asText(token?.["text"]);
    // The last event repeats the whole text, which beats the pieces.
    const whole = asText(json["generated_text"]);
    if (token !== undefined) this.hasEnded = whole !== undefined;
    if (piece === undefined && whole === undefined) return "meta";
    this.#text = whole ?? (this.#text ?? "") + piece;
    return this.#wantsDelta && piece !== undefined ? { content: piece } : "token";
  }

  /** One text gives a list of numbers, several a list of such lists; models that give a vector per token, lists of those. */
  #takeVector(value: unknown): "meta" {
    const inner = Array.isArray(value) && Array.isArray(value[0]) ? value[0] : value;
    if (typeof value === "number") this.#vectors = { count: 1, dimensions: (this.#vectors?.dimensions ?? 0) + 1 };
    else if (Array.isArray(inner)) this.#vectors = { count: (this.#vectors?.count ?? 0) + 1, dimensions: inner.length };
    else this.#error ??= asFilledText(asRecord(value)?.["error"]);
    return "meta";
  }

  /** Headers tell the counts where the body does not. */
  #readCount(name: string): number | undefined {
    const text = this.#context.response.headers.get(name);
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }

  finish(_isComplete: boolean): ModelResponse {
    const raw = asFilledText(this.#details?.["finish_reason"]);
    const outputTokens = asCount(this.#details?.["generated_tokens"]) ?? this.#readCount("x-generated-tokens");
    const inputTokens = (asList(this.#details?.["prefill"]).length || undefined) ?? this.#readCount("x-prompt-tokens");
    const totalTokens = inputTokens === undefined || outputTokens === undefined
      ? undefined
      : inputTokens + outputTokens;
    return compact<ModelResponse>({
      choices: this.#text === undefined ? [] : [compact({
        index: 0,
        message: { role: "assistant", content: this.#text },
        finishReason: raw === undefined ? undefined : toFinishReason(raw),
        rawFinishReason: raw,
      })],
      usage: outputTokens === undefined && inputTokens === undefined
        ? undefined
        : compact<Usage>({ inputTokens, outputTokens, totalTokens }),
      embedding: this.#vectors,
      error: this.#error === undefined ? undefined : { message: this.#error },
    });
  }
}
