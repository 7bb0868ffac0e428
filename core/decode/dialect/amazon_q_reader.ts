/** Reads the event stream of Amazon Q: text, thoughts and calls in pieces, counts and the reason at its end. */
import type { Choice, FinishReason, Message, ModelError, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact, sumCounts } from "./json_value.ts";
import { endToolCall, type OpenCall, startToolCall } from "./open_call.ts";
import { noteGap } from "./tool_call_builder.ts";

/** Creates the reader of one answer. */
export function createAmazonQReader(context: ResponseContext): ResponseReader {
  return new AmazonQReader(context);
}

class AmazonQReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #message: Message = { role: "assistant" };
  /** Calls whose arguments are still arriving, by id. */
  readonly #open = new Map<string, OpenCall>();
  #hasMessage = false;
  #model: string | undefined;
  #stopReason: string | undefined;
  #usage: Usage | undefined;
  #error: ModelError | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    if (message.headers?.get(":message-type") === "exception" || this.#context.response.status >= 400) {
      this.#error = readError(json, message.headers?.get(":exception-type") ?? errorTypeOf(this.#context));
      return "meta";
    }
    return message.name === undefined ? "meta" : this.#event(message.name, json);
  }

  gap(): void {
    for (const { partial } of this.#open.values()) noteGap(partial);
  }

  finish(_isComplete: boolean): ModelResponse {
    for (const open of this.#open.values()) endToolCall(this.#message, open, false);
    this.#open.clear();
    const raw = this.#stopReason;
    const choice = compact<Choice>({
      index: 0,
      message: this.#message,
      finishReason: raw === undefined ? undefined : toReason(raw),
      rawFinishReason: raw,
    });
    return compact<ModelResponse>({
      requestId: this.#context.response.headers.get("x-amzn-requestid"),
      model: this.#model,
      choices: this.#hasMessage ? [choice] : [],
      usage: this.#usage,
      error: this.#error,
    });
  }

  #event(name: string, json: JsonRecord): "token" | "meta" | StreamDelta {
    switch (name) {
      case "assistantResponseEvent":
      case "codeEvent":
        this.#model = asFilledText(json["modelId"]) ?? this.#model;
        return this.#append("content", asText(json["content"]));
      case "reasoningContentEvent":
        return this.#append("reasoning", asText(json["text"]));
      case "toolUseEvent":
        return this.#toolUse(json);
      case "metadataEvent":
        this.#stopReason = asFilledText(json["stopReason"]) ?? this.#stopReason;
        this.#usage = readUsage(asRecord(json["tokenUsage"])) ?? this.#usage;
        return "meta";
      case "invalidStateEvent":
        this.#error = readError(json, asFilledText(json["reason"]));
        return "meta";
      default:
        return "meta";
    }
  }

  #append(member: "content" | "reasoning", text: string | undefined): "token" | "meta" | StreamDelta {
    if (text === undefined) return "meta";
    this.#hasMessage = true;
    this.#message[member] = (this.#message[member] ?? "") + text;
    return this.#context.wantsDelta ? { [member]: text } : "token";
  }

  #toolUse(json: JsonRecord): "token" | "meta" {
    const id = asFilledText(json["toolUseId"]);
    if (id === undefined) return "meta";
    this.#hasMessage = true;
    let open = this.#open.get(id);
    if (open === undefined) {
      const name = asText(json["name"]) ?? "";
      const facts = { id, name, type: "function", argumentText: "", isFreeText: false, isClosed: false };
      open = startToolCall(this.#message, facts);
      this.#open.set(id, open);
    }
    open.partial.argumentText += asText(json["input"]) ?? "";
    if (json["stop"] === true) {
      endToolCall(this.#message, open, true);
      this.#open.delete(id);
    }
    return "token";
  }
}

function toReason(raw: string): FinishReason {
  return raw === "CONTENT_FILTERED" ? "content_filter" : toFinishReason(raw);
}

/** Cache reads and writes are counted beside the other input. */
function readUsage(tokens: JsonRecord | undefined): Usage | undefined {
  const uncached = asCount(tokens?.["uncachedInputTokens"]);
  const cachedTokens = asCount(tokens?.["cacheReadInputTokens"]);
  const cacheWriteTokens = asCount(tokens?.["cacheWriteInputTokens"]);
  const outputTokens = asCount(tokens?.["outputTokens"]);
  if (uncached === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens: uncached === undefined ? undefined : sumCounts(uncached, cachedTokens, cacheWriteTokens),
    outputTokens,
    totalTokens: asCount(tokens?.["totalTokens"]),
    cachedTokens,
    cacheWriteTokens,
  });
}

function readError(json: JsonRecord, type: string | undefined): ModelError {
  const named = asFilledText(json["__type"])?.split("#").at(-1);
  return compact<ModelError>({
    type: type ?? named,
    code: asFilledText(json["reason"]) === type ? undefined : asFilledText(json["reason"]),
    message: asText(json["message"]) ?? asText(json["Message"]),
  });
}

function errorTypeOf({ response }: ResponseContext): string | undefined {
  return response.headers.get("x-amzn-errortype")?.split(":")[0];
}
