/** Reads one answer of a Live session: text, transcript of speech, tool calls, counts. */
import type { Choice, FinishReason, Message, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { addGeminiPart, geminiField, toGeminiToolCall } from "./gemini_content.ts";
import { countOfModality, inputOfModality } from "./gemini_reader.ts";
import { asCount, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { toWordTable } from "./word_table.ts";

/** The vendor's reasons for ending a turn early, and what they mean; every other one is `other`. */
const REASONS = toWordTable<FinishReason>({
  MALFORMED_FUNCTION_CALL: "error",
  RESPONSE_REJECTED: "content_filter",
  SAFETY: "content_filter",
});

/** Creates the reader of one answer. */
export function createGeminiLiveReader(context: ResponseContext): ResponseReader {
  return new LiveReader(context.wantsDelta);
}

class LiveReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  readonly #message: Message = { role: "model" };
  #spoken: string | undefined;
  #finish: { readonly reason: FinishReason; readonly raw: string } | undefined;
  #usage: JsonRecord | undefined;
  #hasOutput = false;

  constructor(wantsDelta: boolean) {
    this.#wantsDelta = wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    this.#usage = asRecord(json["usageMetadata"]) ?? this.#usage;
    const delta: Message = { role: "model" };
    let hasOutput = this.#content(asRecord(json["serverContent"]), delta);
    for (const call of asRecords(geminiField(asRecord(json["toolCall"]), "functionCalls"))) {
      hasOutput = true;
      for (const target of [this.#message, delta]) (target.toolCalls ??= []).push(toGeminiToolCall(call));
      this.#finish = { reason: "tool_calls", raw: "toolCall" };
    }
    if (!hasOutput) return "meta";
    this.#hasOutput = true;
    const { content, reasoning, toolCalls } = delta;
    return this.#wantsDelta ? compact<StreamDelta>({ content, reasoning, toolCalls }) : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const choice = compact<Choice>({
      index: 0,
      message: compact<Message>({ ...this.#message, content: this.#message.content ?? this.#spoken }),
      finishReason: this.#finish?.reason,
      rawFinishReason: this.#finish?.raw,
    });
    return compact<ModelResponse>({
      choices: this.#hasOutput || this.#finish !== undefined ? [choice] : [],
      usage: toLiveUsage(this.#usage),
    });
  }

  /** Adds the output of a message; false when it has none. */
  #content(content: JsonRecord | undefined, delta: Message): boolean {
    if (content === undefined) return false;
    const parts = asRecords(asRecord(content["modelTurn"])?.["parts"]);
    for (const part of parts) {
      addGeminiPart(this.#message, part, "");
      addGeminiPart(delta, part, "");
    }
    const spoken = asText(asRecord(content["outputTranscription"])?.["text"]);
    if (spoken !== undefined) {
      this.#spoken = (this.#spoken ?? "") + spoken;
      delta.content ??= spoken;
    }
    this.#end(content);
    return parts.length > 0 || spoken !== undefined;
  }

  /** The first word on why it ended counts: speech that was whole may still be interrupted while it is played. */
  #end(content: JsonRecord): void {
    const reason = asText(content["turnCompleteReason"]);
    if (this.#finish !== undefined) return;
    if (content["interrupted"] === true) this.#finish = { reason: "other", raw: "interrupted" };
    else if (reason !== undefined && !/UNSPECIFIED/.test(reason)) {
      this.#finish = { reason: REASONS[reason] ?? "other", raw: reason };
    } else if (content["generationComplete"] === true) this.#finish = { reason: "stop", raw: "generationComplete" };
    else if (content["turnComplete"] === true) this.#finish = { reason: "stop", raw: "turnComplete" };
  }
}

/**
 * Thoughts are counted beside the answer. Whether they are part of what is charged is told by the total: they are added to the
 * output only where it includes them.
 */
function toLiveUsage(usage: JsonRecord | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const count = (name: string) => asCount(geminiField(usage, name));
  const thoughts = count("thoughtsTokenCount");
  const inputTokens = sumCounts(count("promptTokenCount"), count("toolUsePromptTokenCount"));
  const written = count("responseTokenCount");
  const total = count("totalTokenCount");
  const isBeside = sumCounts(inputTokens, written, thoughts) === total;
  const found = compact<Usage>({
    inputTokens,
    outputTokens: isBeside ? sumCounts(written, thoughts) : written,
    totalTokens: total,
    cachedTokens: count("cachedContentTokenCount"),
    reasoningTokens: isBeside ? thoughts : undefined,
    cachedAudioTokens: countOfModality(geminiField(usage, "cacheTokensDetails"), "AUDIO"),
    inputAudioTokens: inputOfModality(usage, "AUDIO"),
    inputImageTokens: inputOfModality(usage, "IMAGE"),
    outputAudioTokens: countOfModality(geminiField(usage, "responseTokensDetails"), "AUDIO"),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}
