/**
 * Reads Cohere chat answers: one document (v2 and v1), server-sent events (v2) or NDJSON (v1).
 *
 * @see https://docs.cohere.com/reference/chat-stream (read 2026-11-21)
 */
import type { FinishReason, Message, ModelError, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { readCohereMessage } from "./cohere_message.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { endToolCall, type OpenCall, startToolCall } from "./open_call.ts";
import { noteGap } from "./tool_call_builder.ts";

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_calls",
  ERROR: "error",
  ERROR_TOXIC: "content_filter",
  TIMEOUT: "error",
};

/** Creates the reader of one Cohere chat answer. */
export function createCohereReader(context: ResponseContext): ResponseReader {
  return new CohereReader(context);
}

class CohereReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #open = new Map<number, OpenCall>();
  #message: Message | undefined;
  #requestId: string | undefined;
  #finish: string | undefined;
  #usage: JsonRecord | undefined;
  #error: ModelError | undefined;
  #isStream = false;
  #hasMessageEnd = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** Only the streamed form has an end mark. */
  get hasEnded(): boolean | undefined {
    return this.#isStream ? this.#hasMessageEnd : undefined;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    if (this.#context.response.status >= 400) {
      this.#requestId = asText(json["id"]);
      this.#error = compact<ModelError>({ message: asText(json["message"]) });
      return "meta";
    }
    const event = asText(json["type"]) ?? asText(json["event_type"]);
    return event === undefined ? this.#document(json) : this.#event(event, json);
  }

  gap(): void {
    for (const { partial } of this.#open.values()) noteGap(partial);
  }

  finish(_isComplete: boolean): ModelResponse {
    for (const open of this.#open.values()) this.#close(open, false);
    this.#open.clear();
    const finishReason = this.#finish === undefined ? undefined : FINISH_REASONS[this.#finish] ?? "other";
    return compact<ModelResponse>({
      requestId: this.#requestId,
      choices: this.#message === undefined
        ? []
        : [compact({ index: 0, message: this.#message, finishReason, rawFinishReason: this.#finish })],
      usage: toCohereUsage(this.#usage),
      error: this.#error,
    });
  }

  #document(json: JsonRecord): "token" | "meta" {
    this.#requestId = asText(json["id"]) ?? asText(json["generation_id"]);
    this.#finish = asText(json["finish_reason"]);
    this.#usage = asRecord(json["usage"]) ?? asRecord(json["meta"]);
    const message = asRecord(json["message"]);
    const text = asText(json["text"]);
    if (message !== undefined) this.#message = readCohereMessage(message);
    else if (text !== undefined) this.#message = { role: "assistant", content: text };
    return this.#message === undefined ? "meta" : "token";
  }

  #event(event: string, json: JsonRecord): "token" | "meta" | "end" | StreamDelta {
    this.#isStream = true;
    const delta = asRecord(json["delta"]);
    const message = asRecord(delta?.["message"]);
    switch (event) {
      case "message-start":
        this.#requestId = asText(json["id"]);
        this.#message = { role: asText(message?.["role"]) ?? "assistant" };
        return "meta";
      case "content-start":
      case "content-delta":
        return this.#content(asRecord(message?.["content"]), event === "content-delta");
      case "tool-plan-delta":
        return this.#append("reasoning", asText(message?.["tool_plan"]));
      case "tool-call-start":
      case "tool-call-delta":
      case "tool-call-end":
        return this.#toolCall(event, asCount(json["index"]) ?? 0, asRecord(message?.["tool_calls"]));
      case "message-end":
        this.#hasMessageEnd = true;
        this.#finish = asText(delta?.["finish_reason"]);
        this.#usage = asRecord(delta?.["usage"]);
        return "end";
      default:
        return this.#firstVersion(event, json);
    }
  }

  #content(content: JsonRecord | undefined, isDelta: boolean): "token" | "meta" | StreamDelta {
    const text = asText(content?.["text"]);
    const said = this.#append("content", text || (isDelta ? text : undefined));
    if (said !== "meta") return said;
    return this.#append("reasoning", asText(content?.["thinking"]) || undefined);
  }

  #append(member: "content" | "reasoning", text: string | undefined): "token" | "meta" | StreamDelta {
    if (text === undefined) return "meta";
    const whole = this.#message ??= { role: "assistant" };
    whole[member] = (whole[member] ?? "") + text;
    return this.#context.wantsDelta ? { [member]: text } : "token";
  }

  #toolCall(event: string, index: number, call: JsonRecord | undefined): "token" | "meta" {
    const open = this.#open.get(index);
    const text = asText(asRecord(call?.["function"])?.["arguments"]) ?? "";
    if (event === "tool-call-start" && call !== undefined) {
      const whole = this.#message ??= { role: "assistant" };
      this.#open.set(
        index,
        startToolCall(whole, {
          id: asText(call["id"]),
          name: asText(asRecord(call["function"])?.["name"]) ?? "",
          type: asText(call["type"]) ?? "function",
          argumentText: text,
          isFreeText: false,
          isClosed: false,
        }),
      );
    } else if (event === "tool-call-delta" && open !== undefined) {
      open.partial.argumentText += text;
    } else if (open !== undefined) {
      this.#close(open, true);
      this.#open.delete(index);
      return "meta";
    }
    return "token";
  }

  #close(open: OpenCall, isComplete: boolean): void {
    if (this.#message !== undefined) endToolCall(this.#message, open, isComplete);
  }

  #firstVersion(event: string, json: JsonRecord): "token" | "meta" | "end" | StreamDelta {
    if (event === "stream-start") this.#requestId = asText(json["generation_id"]);
    if (event === "text-generation") return this.#append("content", asText(json["text"]));
    if (event !== "stream-end") return "meta";
    this.#hasMessageEnd = true;
    this.#finish = asText(json["finish_reason"]);
    this.#usage = asRecord(asRecord(json["response"])?.["meta"]);
    return "end";
  }
}

/** `tokens` is what the model saw; `billed_units` is smaller. Cached tokens are part of the input. */
export function toCohereUsage(usage: JsonRecord | undefined): Usage | undefined {
  const tokens = asRecord(usage?.["tokens"]);
  const billed = asRecord(usage?.["billed_units"]);
  const inputTokens = asCount(tokens?.["input_tokens"]) ?? asCount(billed?.["input_tokens"]);
  const outputTokens = asCount(tokens?.["output_tokens"]) ?? asCount(billed?.["output_tokens"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
    cachedTokens: asCount(usage?.["cached_tokens"]),
    reasoningTokens: asCount(tokens?.["reasoning_tokens"]),
  });
}
