/**
 * Text Generation Inference's own API: generate and generate_stream.
 *
 * @see https://huggingface.github.io/text-generation-inference (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Text Generation Inference. */
export const hfTgi: Dialect = {
  id: "hf_tgi",
  summary: "Text Generation Inference's generate and generate_stream",
  stability: "experimental",
  docsUrl: "https://huggingface.github.io/text-generation-inference",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    return hasPathEnd(head.path, "generate_stream") ? 0.5 : hasPathEnd(head.path, "generate") ? 0.3 : 0;
  },
  matchBody: (json) => (typeof json["inputs"] === "string" ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && typeof json["generated_text"] === "string" ? 0.9 : 0),
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => new TgiReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = asText(json?.["inputs"]);
  if (json === undefined || prompt === undefined) return undefined;
  const settings = asRecord(json["parameters"]);
  return compact<ModelRequest>({
    requestType: "completion",
    isStreaming: json["stream"] === true || hasPathEnd(view.path, "generate_stream"),
    messages: [{ role: "user", content: prompt }],
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
  #text: string | undefined;
  #details: JsonRecord | undefined;
  #error: string | undefined;

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const parsed = parseJson(message.text);
    const json = asRecord(Array.isArray(parsed) ? parsed[0] : parsed);
    if (json === undefined) return "meta";
    this.#error ??= asFilledText(json["error"]);
    this.#details = asRecord(json["details"]) ?? this.#details;
    const token = asRecord(json["token"]);
    const piece = token?.["special"] === true ? undefined : asText(token?.["text"]);
    // The last event repeats the whole text, which beats the pieces.
    const whole = asText(json["generated_text"]);
    if (piece === undefined && whole === undefined) return "meta";
    this.#text = whole ?? (this.#text ?? "") + piece;
    return this.#wantsDelta && piece !== undefined ? { content: piece } : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const raw = asFilledText(this.#details?.["finish_reason"]);
    const outputTokens = asCount(this.#details?.["generated_tokens"]);
    const inputTokens = asList(this.#details?.["prefill"]).length || undefined;
    return compact<ModelResponse>({
      choices: this.#text === undefined ? [] : [compact({
        index: 0,
        message: { role: "assistant", content: this.#text },
        finishReason: raw === undefined ? undefined : toFinishReason(raw),
        rawFinishReason: raw,
      })],
      usage: outputTokens === undefined && inputTokens === undefined
        ? undefined
        : compact({ inputTokens, outputTokens }),
      error: this.#error === undefined ? undefined : { message: this.#error },
    });
  }
}
