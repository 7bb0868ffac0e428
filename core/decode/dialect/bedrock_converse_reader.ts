/**
 * Reads Converse answers: one JSON document, or the events of ConverseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (read 2026-11-21)
 */
import type { FinishReason, Message, ModelError, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { addConverseBlock } from "./bedrock_converse_content.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { endToolCall, type OpenCall, startToolCall } from "./open_call.ts";
import { noteGap } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

const FINISH_REASONS = toWordTable<FinishReason>({
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
  malformed_model_output: "error",
  malformed_tool_use: "error",
});

/** Creates the reader of one Converse answer. */
export function createConverseReader(context: ResponseContext): ResponseReader {
  return new ConverseReader(context);
}

class ConverseReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #message: Message = { role: "assistant" };
  /** Argument text of tool calls that are still arriving, by block index. */
  readonly #open = new Map<number, OpenCall>();
  /** Results of tools the vendor ran, by block index. */
  readonly #results = new Map<number, { readonly start: JsonRecord; readonly content: JsonRecord[] }>();
  #hasMessage = false;
  #stopReason: string | undefined;
  #usage: JsonRecord | undefined;
  #serviceTier: string | undefined;
  #error: ModelError | undefined;
  #isStreamed = false;
  /** The last event of a stream was there. */
  #hasMetadata = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#isStreamed ? this.#hasMetadata : undefined;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = asRecord(parseJson(message.text));
    if (json === undefined) return "meta";
    if (message.headers?.get(":message-type") === "exception" || this.#context.response.status >= 400) {
      this.#error = compact<ModelError>({
        type: message.headers?.get(":exception-type") ?? toErrorType(this.#context),
        message: asText(json["message"]) ?? asText(json["Message"]),
      });
      return "meta";
    }
    if (message.name === undefined) return this.#document(json);
    this.#isStreamed = true;
    return this.#event(message.name, json);
  }

  gap(): void {
    for (const { partial } of this.#open.values()) noteGap(partial);
  }

  finish(_isComplete: boolean): ModelResponse {
    for (const open of this.#open.values()) endToolCall(this.#message, open, false);
    this.#open.clear();
    const toolResults = this.#takeResults();
    const finishReason = this.#stopReason === undefined ? undefined : FINISH_REASONS[this.#stopReason] ?? "other";
    return compact<ModelResponse>({
      requestId: this.#context.response.headers.get("x-amzn-requestid"),
      choices: this.#hasMessage
        ? [compact({ index: 0, message: this.#message, finishReason, rawFinishReason: this.#stopReason })]
        : [],
      usage: toBedrockUsage(this.#usage),
      error: this.#error,
      toolResults: toolResults.length === 0 ? undefined : toolResults,
      serviceTier: this.#serviceTier,
    });
  }

  /** Results in an answer are those of tools the vendor ran: no message of the conversation carries them. */
  #takeResults(): ToolResult[] {
    for (const { start, content } of this.#results.values()) {
      addConverseBlock(this.#message, { toolResult: { ...start, content } }, "");
    }
    const results = this.#message.toolResults ?? [];
    delete this.#message.toolResults;
    return results.map((result) => ({ ...result, isServerSide: true }));
  }

  #document(json: JsonRecord): "token" | "meta" {
    const output = asRecord(asRecord(json["output"])?.["message"]);
    this.#stopReason = asText(json["stopReason"]);
    this.#usage = asRecord(json["usage"]);
    this.#serviceTier = asText(asRecord(json["serviceTier"])?.["type"]);
    if (output === undefined) return "meta";
    this.#hasMessage = true;
    this.#message.role = asText(output["role"]) ?? "assistant";
    for (const block of asRecords(output["content"])) addConverseBlock(this.#message, block, "");
    return "token";
  }

  #event(name: string, json: JsonRecord): "token" | "meta" | "end" | StreamDelta {
    const index = asCount(json["contentBlockIndex"]) ?? 0;
    if (name === "messageStart") {
      this.#hasMessage = true;
      this.#message.role = asText(json["role"]) ?? "assistant";
    } else if (name === "contentBlockStart") {
      const start = asRecord(json["start"]);
      this.#start(index, asRecord(start?.["toolUse"]));
      const result = asRecord(start?.["toolResult"]);
      if (result !== undefined) this.#results.set(index, { start: result, content: [] });
    } else if (name === "contentBlockDelta") {
      return this.#delta(index, asRecord(json["delta"]));
    } else if (name === "contentBlockStop") {
      const open = this.#open.get(index);
      if (open !== undefined) endToolCall(this.#message, open, true);
      this.#open.delete(index);
    } else if (name === "messageStop") {
      this.#stopReason = asText(json["stopReason"]);
    } else if (name === "metadata") {
      this.#hasMetadata = true;
      this.#usage = asRecord(json["usage"]);
      this.#serviceTier = asText(asRecord(json["serviceTier"])?.["type"]);
      return "end";
    }
    return "meta";
  }

  #start(index: number, use: JsonRecord | undefined): void {
    if (use === undefined) return;
    this.#open.set(
      index,
      startToolCall(this.#message, {
        id: asText(use["toolUseId"]),
        name: asText(use["name"]) ?? "",
        type: use["type"] === "server_tool_use" ? "server" : "function",
        ...(use["type"] === "server_tool_use" && { isServerSide: true }),
        argumentText: "",
        isFreeText: false,
        isClosed: false,
      }),
    );
  }

  #delta(index: number, delta: JsonRecord | undefined): "token" | "meta" | StreamDelta {
    if (delta === undefined) return "meta";
    this.#hasMessage = true;
    const content = asText(delta["text"]);
    const reasoning = asText(asRecord(delta["reasoningContent"])?.["text"]);
    const input = asText(asRecord(delta["toolUse"])?.["input"]);
    if (content !== undefined) this.#message.content = (this.#message.content ?? "") + content;
    if (reasoning !== undefined) this.#message.reasoning = (this.#message.reasoning ?? "") + reasoning;
    for (const part of asRecords(delta["toolResult"])) this.#results.get(index)?.content.push(part);
    const open = this.#open.get(index);
    if (input !== undefined && open !== undefined) open.partial.argumentText += input;
    if (content === undefined && reasoning === undefined && input === undefined) return "meta";
    return this.#context.wantsDelta ? compact<StreamDelta>({ content, reasoning }) : "token";
  }
}

/** `x-amzn-errortype` is the name, with a URL behind a colon. */
function toErrorType(context: ResponseContext): string | undefined {
  return context.response.headers.get("x-amzn-errortype")?.split(":")[0];
}

/** Cache reads and writes are not part of `inputTokens` here. */
export function toBedrockUsage(usage: JsonRecord | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const cachedTokens = asCount(usage["cacheReadInputTokens"]) ?? asCount(usage["cacheReadInputTokenCount"]);
  const cacheWriteTokens = asCount(usage["cacheWriteInputTokens"]) ?? asCount(usage["cacheWriteInputTokenCount"]);
  const inputTokens = asCount(usage["inputTokens"]);
  return compact<Usage>({
    inputTokens: inputTokens === undefined ? undefined : sumCounts(inputTokens, cachedTokens, cacheWriteTokens),
    outputTokens: asCount(usage["outputTokens"]),
    totalTokens: asCount(usage["totalTokens"]),
    cachedTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: sumCounts(
      ...asRecords(usage["cacheDetails"]).filter((part) => part["ttl"] === "1h").map((part) =>
        asCount(part["inputTokens"])
      ),
    ),
  });
}
