/**
 * Reads LM Studio's own answers: one document, or events of which the last repeats everything. What the pieces brought counts only
 * when the last did not come.
 *
 * @see https://lmstudio.ai/docs/developer/rest/streaming-events (read 2026-11-21)
 */
import type { Message, ModelError, ModelResponse, ToolCall, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { decodeOpenAiError } from "./openai_error.ts";

/** Creates the reader of one answer. */
export function createLmstudioReader(context: ResponseContext): ResponseReader {
  return new LmstudioReader(context.wantsDelta);
}

class LmstudioReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  #result: JsonRecord | undefined;
  #message: Message | undefined;
  #model: string | undefined;
  #error: ModelError | undefined;
  hasEnded: boolean | undefined;

  constructor(wantsDelta: boolean) {
    this.#wantsDelta = wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const error = decodeOpenAiError(json);
    if (error !== undefined) this.#error = error;
    const type = asText(json["type"]) ?? "";
    if (Array.isArray(json["output"])) {
      this.#result = json;
      return "token";
    }
    if (type === "chat.start") {
      this.#model = asFilledText(json["model_instance_id"]);
      this.hasEnded = false;
    } else if (type === "message.delta" || type === "reasoning.delta") {
      return this.#append(type === "message.delta" ? "content" : "reasoning", asText(json["content"]) ?? "");
    } else if (type === "chat.end") {
      this.#result = asRecord(json["result"]);
      this.hasEnded = true;
      return "end";
    }
    return "meta";
  }

  finish(_isComplete: boolean): ModelResponse {
    const whole = Array.isArray(this.#result?.["output"]) ? readResult(this.#result) : undefined;
    return compact<ModelResponse>({
      requestId: asFilledText(this.#result?.["response_id"]),
      model: asFilledText(this.#result?.["model_instance_id"]) ?? this.#model,
      choices: whole?.choices ?? (this.#message === undefined ? [] : [{ index: 0, message: this.#message }]),
      usage: toUsage(asRecord(this.#result?.["stats"])),
      toolResults: whole?.toolResults,
      error: this.#error,
    });
  }

  #append(member: "content" | "reasoning", text: string): "token" | "meta" | StreamDelta {
    if (text === "") return "meta";
    this.#message ??= { role: "assistant" };
    this.#message[member] = (this.#message[member] ?? "") + text;
    return this.#wantsDelta ? { [member]: text } : "token";
  }
}

function readResult(json: JsonRecord): ModelResponse {
  const message: Message = { role: "assistant" };
  const toolResults: ToolResult[] = [];
  for (const item of asRecords(json["output"])) {
    const text = asText(item["content"]);
    if (item["type"] === "message" && text !== undefined) message.content = join(message.content, text);
    else if (item["type"] === "reasoning" && text !== undefined) message.reasoning = join(message.reasoning, text);
    else if (item["type"] === "tool_call") addCall(message, toolResults, item);
  }
  return { choices: [{ index: 0, message }], ...(toolResults.length > 0 && { toolResults }) };
}

function join(known: string | undefined, text: string): string {
  return known === undefined ? text : `${known}\n${text}`;
}

/** The server ran the tool: call and result come together. */
function addCall(message: Message, results: ToolResult[], item: JsonRecord): void {
  const info = asRecord(item["provider_info"]);
  const name = asText(item["tool"]) ?? "";
  (message.toolCalls ??= []).push(compact<ToolCall>({
    name,
    type: "mcp",
    arguments: item["arguments"],
    server: asFilledText(info?.["server_label"]) ?? asFilledText(info?.["plugin_id"]),
    isServerSide: true,
  }));
  results.push(compact<ToolResult>({ name, content: asText(item["output"]), isServerSide: true }));
}

function toUsage(stats: JsonRecord | undefined): Usage | undefined {
  const inputTokens = asCount(stats?.["input_tokens"]);
  const outputTokens = asCount(stats?.["total_output_tokens"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
    reasoningTokens: asCount(stats?.["reasoning_output_tokens"]),
  });
}
