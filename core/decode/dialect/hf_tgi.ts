/**
 * Text Generation Inference's own API: generate and generate_stream; and models that Hugging Face serves by their name in the path,
 * whose task only the model knows.
 *
 * @see https://huggingface.github.io/text-generation-inference (read 2026-11-21)
 */
import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { decodeRequest, findModel, findType } from "./hf_request.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { hasPathEnd } from "./path_end.ts";

/** Members that hold the text of an answer: generation, summaries, translations, questions, transcripts. */
const TEXTS = ["generated_text", "summary_text", "translation_text", "answer", "text"] as const;

/** Text Generation Inference. */
export const hfTgi: Dialect = {
  id: "hf_tgi",
  summary: "Text Generation Inference's generate and generate_stream",
  stability: "experimental",
  docsUrl: "https://huggingface.github.io/text-generation-inference",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "generate_stream")) return 0.5;
    return hasPathEnd(head.path, "generate") || findModel(head.path) !== undefined ? 0.3 : 0;
  },
  matchBody: (json) => (typeof json["inputs"] === "string" ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && typeof json["generated_text"] === "string" ? 0.9 : 0),
  requestType: (head) => findType(head, undefined),
  decodeRequest,
  createReader: (context) => new TgiReader(context),
};

class TgiReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  readonly #context: ResponseContext;
  #text: string | undefined;
  #details: JsonRecord | undefined;
  #error: ModelError | undefined;
  /** Answers that are documents of their own. */
  readonly #answers: string[] = [];
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
    this.#takeError(json);
    this.#details = asRecord(json["details"]) ?? this.#details;
    const token = asRecord(json["token"]);
    const piece = token?.["special"] === true ? undefined : asText(token?.["text"]);
    // The last event repeats the whole text, which beats the pieces.
    const whole = token === undefined ? findText(json) : asText(json["generated_text"]);
    if (token !== undefined) this.hasEnded = whole !== undefined;
    if (piece === undefined && whole === undefined) return "meta";
    if (token === undefined && whole !== undefined) this.#answers.push(whole);
    else this.#text = whole ?? (this.#text ?? "") + piece;
    return this.#wantsDelta && piece !== undefined ? { content: piece } : "token";
  }

  #takeError(json: JsonRecord): void {
    const isFailed = this.#context.response.status >= 400;
    this.#error ??= decodeOpenAiError(json) ?? (isFailed ? decodeBareError(json) : undefined);
  }

  /** One text gives a list of numbers, several a list of such lists; models that give a vector per token, lists of those. */
  #takeVector(value: unknown): "meta" {
    const inner = Array.isArray(value) && Array.isArray(value[0]) ? value[0] : value;
    if (typeof value === "number") this.#vectors = { count: 1, dimensions: (this.#vectors?.dimensions ?? 0) + 1 };
    else if (Array.isArray(inner)) this.#vectors = { count: (this.#vectors?.count ?? 0) + 1, dimensions: inner.length };
    else this.#takeError(asRecord(value) ?? {});
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
      choices: (this.#text === undefined ? this.#answers : [this.#text]).map((content, index) =>
        compact({
          index,
          message: { role: "assistant", content },
          finishReason: raw === undefined ? undefined : toFinishReason(raw),
          rawFinishReason: raw,
        })
      ),
      usage: outputTokens === undefined && inputTokens === undefined
        ? undefined
        : compact<Usage>({ inputTokens, outputTokens, totalTokens }),
      embedding: this.#vectors,
      error: this.#error,
    });
  }
}

function findText(json: JsonRecord): string | undefined {
  for (const name of TEXTS) {
    const text = asText(json[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}
