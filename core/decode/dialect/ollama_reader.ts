/**
 * Reads Ollama answers: NDJSON lines, or one document when streaming was switched off. A prompt that was wholly cached has no
 * prompt count: it stays absent.
 *
 * @see https://github.com/ollama/ollama/blob/main/docs/api.md (read 2026-11-21)
 */
import type { FinishReason, Message, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { readOllamaMessage } from "./ollama_message.ts";
import { toWordTable } from "./word_table.ts";

const FINISH_REASONS = toWordTable<FinishReason>({ stop: "stop", length: "length" });

/** Creates the reader of one Ollama answer. */
export function createOllamaReader(context: ResponseContext): ResponseReader {
  return new OllamaReader(context.wantsDelta);
}

class OllamaReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  #message: Message | undefined;
  #model: string | undefined;
  #last: JsonRecord | undefined;
  #error: string | undefined;
  #embedding: ModelResponse["embedding"];
  #hasGap = false;
  /** A message said that more come. */
  #isStreamed = false;

  constructor(wantsDelta: boolean) {
    this.#wantsDelta = wantsDelta;
  }

  get hasEnded(): boolean | undefined {
    return this.#isStreamed ? this.#last?.["done"] === true : undefined;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = asRecord(parseJson(message.text));
    if (json === undefined) return "meta";
    this.#model ??= asText(json["model"]);
    this.#error ??= asText(json["error"]);
    this.#readEmbedding(json);
    if (json["done"] === false) this.#isStreamed = true;
    const piece = this.#readPiece(json);
    if (piece !== undefined) this.#append(piece);
    if (json["done"] === true || json["prompt_eval_count"] !== undefined) this.#last = json;
    if (json["done"] === true && !this.#wantsDelta) return "end";
    const hasOutput = piece !== undefined && (piece.content || piece.reasoning || piece.toolCalls);
    if (!hasOutput) return json["done"] === true ? "end" : "meta";
    if (!this.#wantsDelta) return "token";
    return compact<StreamDelta>({ content: piece.content, reasoning: piece.reasoning, toolCalls: piece.toolCalls });
  }

  gap(): void {
    this.#hasGap = true;
  }

  finish(_isComplete: boolean): ModelResponse {
    const reason = this.#last?.["done"] === true ? asText(this.#last["done_reason"]) : undefined;
    const hasCalls = this.#message?.toolCalls !== undefined;
    // With `stop` a call may be in what is lost, and would be the reason.
    const isUnsure = reason === undefined || (this.#hasGap && !hasCalls && reason === "stop");
    const finishReason = isUnsure ? undefined : hasCalls ? "tool_calls" : FINISH_REASONS[reason] ?? "other";
    return compact<ModelResponse>({
      model: this.#model,
      choices: this.#message === undefined
        ? []
        : [compact({ index: 0, message: this.#message, finishReason, rawFinishReason: reason })],
      usage: toUsage(this.#last),
      error: this.#error === undefined ? undefined : { message: this.#error },
      embedding: this.#embedding,
    });
  }

  #readPiece(json: JsonRecord): Message | undefined {
    const message = asRecord(json["message"]);
    if (message !== undefined) return readOllamaMessage(message);
    const response = asText(json["response"]);
    const reasoning = asText(json["thinking"]) || undefined;
    return response === undefined && reasoning === undefined
      ? undefined
      : compact<Message>({ role: "assistant", content: response, reasoning });
  }

  #append(piece: Message): void {
    const whole = this.#message ??= { role: piece.role };
    if (piece.content !== undefined) whole.content = (whole.content ?? "") + piece.content;
    if (piece.reasoning !== undefined) whole.reasoning = (whole.reasoning ?? "") + piece.reasoning;
    if (piece.toolCalls !== undefined) (whole.toolCalls ??= []).push(...piece.toolCalls);
  }

  #readEmbedding(json: JsonRecord): void {
    const vectors = json["embedding"] === undefined ? asList(json["embeddings"]) : [json["embedding"]];
    const first = vectors[0];
    if (!Array.isArray(first)) return;
    this.#embedding = { count: vectors.length, dimensions: first.length };
  }
}

function toUsage(last: JsonRecord | undefined): Usage | undefined {
  const inputTokens = asCount(last?.["prompt_eval_count"]);
  const outputTokens = asCount(last?.["eval_count"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
  });
}
