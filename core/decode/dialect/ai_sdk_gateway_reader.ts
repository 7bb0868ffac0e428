/** Reads the AI SDK's results and stream parts, versions 2 and 3 of its model interface. */
import type { Choice, FinishReason, Message, ModelError, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { decodeOpenAiError } from "./openai_error.ts";
import { toToolCall } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

const FINISH_REASONS = toWordTable<FinishReason>({
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  "tool-calls": "tool_calls",
  error: "error",
});

/** Creates the reader of one answer. */
export function createAiSdkReader(context: ResponseContext): ResponseReader {
  return new AiSdkReader(context);
}

class AiSdkReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #message: Message = { role: "assistant" };
  readonly #results: ToolResult[] = [];
  #hasMessage = false;
  #finish: unknown;
  #usage: JsonRecord | undefined;
  #response: JsonRecord | undefined;
  #error: ModelError | undefined;
  #embedding: ModelResponse["embedding"];
  #outputCount: number | undefined;
  #isStream = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** Only streams have parts, the last of which says why it ended. */
  get hasEnded(): boolean | undefined {
    return this.#isStream ? this.#finish !== undefined : undefined;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const type = asText(json["type"]);
    if (type !== undefined && json["content"] === undefined) return this.#part(type, json);
    return this.#document(json);
  }

  finish(_isComplete: boolean): ModelResponse {
    const raw = asText(this.#finish) ?? asText(asRecord(this.#finish)?.["unified"]);
    const vendors = asFilledText(asRecord(this.#finish)?.["raw"]);
    const choice = compact<Choice>({
      index: 0,
      message: this.#message,
      finishReason: raw === undefined || raw === "unknown" ? undefined : FINISH_REASONS[raw] ?? "other",
      rawFinishReason: vendors ?? raw,
    });
    return compact<ModelResponse>({
      requestId: asFilledText(this.#response?.["id"]),
      model: asFilledText(this.#response?.["modelId"]),
      choices: this.#hasMessage ? [choice] : [],
      usage: toUsage(this.#usage),
      error: this.#error,
      toolResults: this.#results.length === 0 ? undefined : this.#results,
      embedding: this.#embedding,
      outputCount: this.#outputCount,
    });
  }

  #document(json: JsonRecord): "token" | "meta" {
    const error = decodeOpenAiError(json);
    if (error !== undefined) {
      this.#error = error;
      return "meta";
    }
    this.#usage = asRecord(json["usage"]);
    this.#finish = json["finishReason"] ?? undefined;
    this.#response = asRecord(json["response"]);
    const vectors = json["embeddings"];
    if (Array.isArray(vectors) && Array.isArray(vectors[0])) {
      this.#embedding = { count: vectors.length, dimensions: vectors[0].length };
    }
    if (Array.isArray(json["images"])) this.#outputCount = json["images"].length;
    if (Array.isArray(json["content"])) this.#hasMessage = true;
    for (const part of asRecords(json["content"])) this.#content(part);
    return "token";
  }

  #part(type: string, json: JsonRecord): "token" | "meta" | StreamDelta {
    this.#isStream = true;
    // Version 2 of the interface says `delta`, the first one said `textDelta`.
    const piece = asText(json["delta"]) ?? asText(json["textDelta"]);
    if (type === "text-delta" || type === "reasoning-delta") {
      return this.#append(type === "text-delta" ? "content" : "reasoning", piece);
    }
    if (type === "response-metadata") this.#response = json;
    else if (type === "finish") {
      this.#finish = json["finishReason"] ?? undefined;
      this.#usage = asRecord(json["usage"]);
      if (this.#finish !== undefined) this.#hasMessage = true;
    } else if (type === "error") this.#error = toError(json["error"]);
    else if (this.#content(json)) return "token";
    return type === "tool-input-delta" && piece ? "token" : "meta";
  }

  /** A part of the content that is whole. True: it is output. */
  #content(part: JsonRecord): boolean {
    const type = asText(part["type"]);
    if (type === "text") return this.#append("content", asText(part["text"])) !== "meta";
    if (type === "reasoning") return this.#append("reasoning", asText(part["text"])) !== "meta";
    if (type === "tool-call") this.#call(part);
    else if (type === "tool-result") this.#result(part);
    else if (type === "file" && asText(part["mediaType"])?.startsWith("image/")) {
      this.#message.imageCount = (this.#message.imageCount ?? 0) + 1;
    } else return false;
    this.#hasMessage = true;
    return true;
  }

  #call(part: JsonRecord): void {
    const name = asText(part["toolName"]) ?? "";
    const call = toToolCall(
      { id: asFilledText(part["toolCallId"]), name, type: "function" },
      asText(part["input"]) ?? asText(part["args"]) ?? "",
      true,
    );
    if (part["providerExecuted"] === true) call.isServerSide = true;
    (this.#message.toolCalls ??= []).push(call);
  }

  #result(part: JsonRecord): void {
    const { result } = part;
    if (part["preliminary"] === true) return;
    this.#results.push(compact<ToolResult>({
      callId: asFilledText(part["toolCallId"]),
      name: asFilledText(part["toolName"]),
      content: result === undefined ? undefined : typeof result === "string" ? result : JSON.stringify(result),
      isError: part["isError"] === true ? true : undefined,
      isServerSide: true,
    }));
  }

  #append(member: "content" | "reasoning", text: string | undefined): "token" | "meta" | StreamDelta {
    if (text === undefined) return "meta";
    this.#hasMessage = true;
    this.#message[member] = (this.#message[member] ?? "") + text;
    if (text === "") return "meta";
    return this.#context.wantsDelta ? { [member]: text } : "token";
  }
}

function toError(error: unknown): ModelError {
  const found = decodeOpenAiError({ error });
  return found ?? {};
}

/** Version 3 has an object for each direction, version 2 plain numbers; cached and reasoning tokens are parts of them. */
function toUsage(usage: JsonRecord | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const input = asRecord(usage["inputTokens"]);
  const output = asRecord(usage["outputTokens"]);
  const inputTokens = asCount(input?.["total"]) ?? asCount(usage["inputTokens"]) ?? asCount(usage["tokens"]);
  const outputTokens = asCount(output?.["total"]) ?? asCount(usage["outputTokens"]);
  const isExact = inputTokens !== undefined && outputTokens !== undefined;
  const found = compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: asCount(usage["totalTokens"]) ?? (isExact ? sumCounts(inputTokens, outputTokens) : undefined),
    cachedTokens: asCount(input?.["cacheRead"]) ?? asCount(usage["cachedInputTokens"]),
    cacheWriteTokens: asCount(input?.["cacheWrite"]),
    reasoningTokens: asCount(output?.["reasoning"]) ?? asCount(usage["reasoningTokens"]),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}
