/**
 * Reads Cohere chat answers: one document (v2 and v1), server-sent events (v2) or NDJSON (v1).
 *
 * @see https://docs.cohere.com/reference/chat-stream (read 2026-11-21)
 */
import type { Choice, Message, ModelError, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { toCohereFinishReason, toCohereUsage } from "./cohere_facts.ts";
import { readCohereMessage, readFirstCalls } from "./cohere_message.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { endToolCall, type OpenCall, startToolCall } from "./open_call.ts";
import { noteGap } from "./tool_call_builder.ts";

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
  #counted: JsonRecord | undefined;
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
    const finishReason = toCohereFinishReason(this.#finish);
    return compact<ModelResponse>({
      requestId: this.#requestId,
      choices: this.#message === undefined
        ? []
        : [compact<Choice>({ index: 0, message: this.#message, finishReason, rawFinishReason: this.#finish })],
      usage: toCohereUsage(this.#usage, this.#counted),
      error: this.#error,
    });
  }

  #document(json: JsonRecord): "token" | "meta" {
    this.#requestId = asText(json["id"]) ?? asText(json["generation_id"]);
    this.#finish = asText(json["finish_reason"]);
    this.#usage = asRecord(json["usage"]) ?? asRecord(json["meta"]);
    this.#counted = asRecord(json["token_count"]);
    const message = asRecord(json["message"]);
    const text = asText(json["text"]);
    if (message !== undefined) this.#message = readCohereMessage(message);
    else if (text !== undefined) this.#message = { role: "assistant", content: text };
    this.#addFirstCalls(json);
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
        this.#error = toError(asFilledText(delta?.["error"])) ?? this.#error;
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

  /** Version 1 tells all tool calls at once. */
  #addFirstCalls(json: JsonRecord): "token" | "meta" {
    const calls = readFirstCalls(json["tool_calls"]);
    if (calls.length === 0) return "meta";
    (this.#message ??= { role: "assistant" }).toolCalls = calls;
    return "token";
  }

  #firstVersion(event: string, json: JsonRecord): "token" | "meta" | "end" | StreamDelta {
    if (event === "stream-start") this.#requestId = asText(json["generation_id"]);
    if (event === "text-generation") return this.#append("content", asText(json["text"]));
    if (event === "tool-calls-generation") return this.#addFirstCalls(json);
    if (event !== "stream-end") return "meta";
    this.#hasMessageEnd = true;
    this.#finish = asText(json["finish_reason"]);
    const response = asRecord(json["response"]);
    this.#usage = asRecord(response?.["meta"]);
    this.#counted = asRecord(response?.["token_count"]);
    return "end";
  }
}

/** What went wrong within a stream is told in words alone. */
function toError(message: string | undefined): ModelError | undefined {
  return message === undefined ? undefined : { message };
}
