/**
 * Reads Gemini answers: one JSON document, server-sent events, or a streamed JSON array. `usageMetadata` is cumulative, so the
 * last one counts. A function call arrives with finish reason STOP: `tool_calls` is derived from the parts.
 *
 * @see https://ai.google.dev/api/generate-content#GenerateContentResponse (read 2026-11-21)
 */
import type { Choice, FinishReason, Message, ModelError, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { addGeminiPart, geminiField, unwrapGeminiAnswer } from "./gemini_content.ts";
import { CLOUD_BLOCKS, CLOUD_REASONS, LABS_BLOCKS, LABS_REASONS, MODALITIES, toWord } from "./gemini_words.ts";
import { isPartialCall, PartialGeminiCall } from "./gemini_partial_call.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { toWordTable } from "./word_table.ts";

const FINISH_REASONS = toWordTable<FinishReason>({
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  LANGUAGE: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
  MODEL_ARMOR: "content_filter",
  MALFORMED_FUNCTION_CALL: "error",
  UNEXPECTED_TOOL_CALL: "error",
  MALFORMED_RESPONSE: "error",
});

/** Paths of Vertex AI, where the Gemini API has none of these. */
const CLOUD_PATH = /\/(?:projects|publishers)\//;

/** Creates the reader of one Gemini answer. */
export function createGeminiReader(context: ResponseContext): ResponseReader {
  return new GeminiReader(context);
}

class GeminiReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  readonly #isStreamed: boolean;
  /** Vertex AI numbers its reasons differently. */
  readonly #isCloud: boolean;
  readonly #choices = new Map<number, Choice>();
  #usage: JsonRecord | undefined;
  #error: ModelError | undefined;
  #requestId: string | undefined;
  #model: string | undefined;
  #embedding: ModelResponse["embedding"];
  #totalOnly: number | undefined;
  #hasGap = false;
  /** The call of each choice whose arguments are arriving, and its place among the message's calls. */
  readonly #partial = new Map<number, { readonly call: PartialGeminiCall; readonly place: number }>();

  constructor({ wantsDelta, head }: ResponseContext) {
    this.#wantsDelta = wantsDelta;
    this.#isStreamed = head.path.includes("streamGenerateContent");
    this.#isCloud = CLOUD_PATH.test(head.path);
  }

  /** A stream has no end mark, but its last message says why it ended. */
  get hasEnded(): boolean | undefined {
    if (!this.#isStreamed || this.#choices.size === 0) return undefined;
    return [...this.#choices.values()].some((choice) => choice.finishReason !== undefined);
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = unwrapGeminiAnswer(parseJson(message.text));
    if (json === undefined) return "meta";
    this.#head(json);
    const delta: Message = { role: "model" };
    for (const candidate of asRecords(json["candidates"])) this.#candidate(candidate, delta);
    const hasOutput = delta.content !== undefined || delta.reasoning !== undefined || delta.toolCalls !== undefined;
    if (!hasOutput) return this.#partial.size > 0 ? "token" : "meta";
    return this.#wantsDelta ? toDelta(delta) : "token";
  }

  gap(): void {
    this.#hasGap = true;
    for (const { call } of this.#partial.values()) call.gap();
  }

  finish(_isComplete: boolean): ModelResponse {
    const choices = [...this.#choices.values()].sort((a, b) => a.index - b.index);
    for (const choice of choices) this.#endCall(choice);
    const toolResults = choices.flatMap(takeResults);
    for (const choice of choices) {
      if (choice.finishReason !== "stop") continue;
      if (choice.message.toolCalls?.some((call) => call.isServerSide !== true)) choice.finishReason = "tool_calls";
      // A call may be in what is lost, and would be the reason.
      else if (this.#hasGap) delete choice.finishReason;
    }
    return compact<ModelResponse>({
      requestId: this.#requestId,
      model: this.#model,
      choices,
      usage: toGeminiUsage(this.#usage, this.#totalOnly),
      error: this.#error,
      embedding: this.#embedding,
      toolResults: toolResults.length === 0 ? undefined : toolResults,
      serviceTier: asFilledText(geminiField(this.#usage, "serviceTier")),
    });
  }

  #head(json: JsonRecord): void {
    this.#requestId ??= asText(geminiField(json, "responseId"));
    this.#model ??= asText(geminiField(json, "modelVersion"));
    this.#usage = asRecord(geminiField(json, "usageMetadata")) ?? this.#usage;
    this.#totalOnly = asCount(geminiField(json, "totalTokens")) ?? this.#totalOnly;
    const error = asRecord(json["error"]);
    if (error !== undefined) this.#error = toGeminiError(error);
    const embeddings = json["embedding"] === undefined ? asRecords(json["embeddings"]) : asRecords([json["embedding"]]);
    if (embeddings.length > 0) this.#embedding = toEmbedding(embeddings);
    // A refused prompt has no candidate at all: the block reason is its finish reason.
    const blocked = geminiField(asRecord(geminiField(json, "promptFeedback")), "blockReason");
    const blockReason = toWord(blocked, this.#isCloud ? CLOUD_BLOCKS : LABS_BLOCKS);
    if (blockReason !== undefined && this.#choices.size === 0) {
      this.#choices.set(0, {
        index: 0,
        message: { role: "model" },
        finishReason: "content_filter",
        rawFinishReason: blockReason,
      });
    }
  }

  #candidate(candidate: JsonRecord, delta: Message): void {
    const index = asCount(candidate["index"]) ?? 0;
    let choice = this.#choices.get(index);
    if (choice === undefined) this.#choices.set(index, choice = { index, message: { role: "model" } });
    const content = asRecord(candidate["content"]);
    choice.message.role = asText(content?.["role"]) ?? choice.message.role;
    for (const part of asRecords(content?.["parts"])) {
      const call = asRecord(geminiField(part, "functionCall"));
      if (call !== undefined && isPartialCall(call)) {
        this.#takePiece(choice, call);
        continue;
      }
      if (call !== undefined) this.#endCall(choice);
      addGeminiPart(choice.message, part, "");
      if (index === 0) addGeminiPart(delta, part, "");
    }
    const reason = toWord(geminiField(candidate, "finishReason"), this.#isCloud ? CLOUD_REASONS : LABS_REASONS);
    if (reason === undefined) return;
    choice.rawFinishReason = reason;
    choice.finishReason = FINISH_REASONS[reason] ?? "other";
  }

  /** A piece of a call: with a name it begins the next one; without one, and with none open, it says nothing. */
  #takePiece(choice: Choice, json: JsonRecord): void {
    if (asText(json["name"]) !== undefined) {
      this.#endCall(choice);
      const calls = choice.message.toolCalls ??= [];
      const call = new PartialGeminiCall(json);
      this.#partial.set(choice.index, { call, place: calls.length });
      calls.push(call.finish());
    } else this.#partial.get(choice.index)?.call.take(json);
    if (this.#partial.get(choice.index)?.call.isClosed === true) this.#endCall(choice);
  }

  #endCall(choice: Choice): void {
    const partial = this.#partial.get(choice.index);
    if (partial === undefined || choice.message.toolCalls === undefined) return;
    choice.message.toolCalls[partial.place] = partial.call.finish();
    this.#partial.delete(choice.index);
  }
}

/** Results of the vendor's tools belong to the answer, not to what the model said. */
function takeResults({ message }: Choice): ToolResult[] {
  const results = message.toolResults ?? [];
  delete message.toolResults;
  return results;
}

function toDelta(delta: Message): StreamDelta {
  return compact<StreamDelta>({ content: delta.content, reasoning: delta.reasoning, toolCalls: delta.toolCalls });
}

function toEmbedding(embeddings: readonly JsonRecord[]): { count: number; dimensions?: number } {
  const values = embeddings[0]?.["values"];
  return { count: embeddings.length, ...(Array.isArray(values) && { dimensions: values.length }) };
}

/** Google's `error` object: `status` is the word, `code` the number. */
export function toGeminiError(error: JsonRecord): ModelError {
  const code = error["code"];
  return compact<ModelError>({
    type: asText(error["status"]),
    code: typeof code === "number" ? String(code) : asText(code),
    message: asText(error["message"]),
    retryAfterMs: asRecords(error["details"]).map(readRetryMs).find((waitMs) => waitMs !== undefined),
  });
}

/** `RetryInfo` says how long to wait, as seconds with a unit: `34.4s`. */
function readRetryMs(detail: JsonRecord): number | undefined {
  const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(asText(detail["retryDelay"]) ?? "")?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

/** Tokens of one kind of content in a list of counts; undefined when the list has none. */
export function countOfModality(details: unknown, modality: string): number | undefined {
  return sumCounts(
    ...asRecords(details).filter((detail) => toWord(detail["modality"], MODALITIES) === modality).map((detail) =>
      asCount(geminiField(detail, "tokenCount"))
    ),
  );
}

/** Input tokens of one kind of content: of the prompt, and of what tools gave. */
export function inputOfModality(usage: JsonRecord, modality: string): number | undefined {
  return sumCounts(
    countOfModality(geminiField(usage, "promptTokensDetails"), modality),
    countOfModality(geminiField(usage, "toolUsePromptTokensDetails"), modality),
  );
}

/**
 * Input is prompt plus tool-use prompt, output is candidates plus thoughts; cached is part of the prompt. A message that carries
 * no counts (only a traffic type) gives undefined.
 */
function toGeminiUsage(usage: JsonRecord | undefined, totalOnly: number | undefined): Usage | undefined {
  if (usage === undefined) return totalOnly === undefined ? undefined : { inputTokens: totalOnly };
  const count = (name: string) => asCount(geminiField(usage, name));
  const inputTokens = sumCounts(count("promptTokenCount"), count("toolUsePromptTokenCount"));
  const found = compact<Usage>({
    inputTokens,
    outputTokens: sumCounts(count("candidatesTokenCount"), count("thoughtsTokenCount")),
    totalTokens: count("totalTokenCount"),
    cachedTokens: count("cachedContentTokenCount"),
    reasoningTokens: count("thoughtsTokenCount"),
    cachedAudioTokens: countOfModality(geminiField(usage, "cacheTokensDetails"), "AUDIO"),
    inputAudioTokens: inputOfModality(usage, "AUDIO"),
    inputImageTokens: inputOfModality(usage, "IMAGE"),
    outputAudioTokens: countOfModality(geminiField(usage, "candidatesTokensDetails"), "AUDIO"),
    outputImageTokens: countOfModality(geminiField(usage, "candidatesTokensDetails"), "IMAGE"),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}
