/** Answers of Mistral's conversations: entries, whole or in events that name the place of their entry. */
import type { Choice, Message, ModelError, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { addContent } from "./openai_message.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { finishToolCall, noteGap, type PartialToolCall } from "./tool_call_builder.ts";

const COUNTS = ["imageCount", "audioCount", "fileCount"] as const;

/** One entry while it arrives. */
interface Entry {
  readonly message: Message;
  call?: PartialToolCall;
}

/** Reads one answer of a conversation. */
export class ConversationReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #entries = new Map<string, Entry>();
  readonly #results: ToolResult[] = [];
  #model: string | undefined;
  #usage: Usage | undefined;
  #error: ModelError | undefined;
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const type = asText(json["type"]) ?? "";
    if (type.includes(".")) return this.#takeEvent(json, type);
    const isFailed = this.#context.response.status >= 400;
    this.#error ??= decodeOpenAiError(json) ?? (isFailed ? decodeBareError(json) : undefined);
    if (this.#error !== undefined) return "meta";
    this.#usage = readUsage(json["usage"], this.#context.quirks);
    asList(json["outputs"]).forEach((output, index) => this.#takeOutput(asRecord(output), index));
    return "token";
  }

  gap(): void {
    for (const { call } of this.#entries.values()) if (call !== undefined) noteGap(call);
  }

  finish(isComplete: boolean): ModelResponse {
    const message: Message = { role: "assistant" };
    for (const entry of this.#entries.values()) join(message, entry, isComplete);
    const waits = message.toolCalls?.some((call) => call.isServerSide !== true) === true;
    const isTold = isComplete && this.hasEnded !== false;
    return compact<ModelResponse>({
      model: this.#model,
      choices: this.#entries.size === 0 ? [] : [compact<Choice>({
        index: 0,
        message,
        // The format says nothing of why it ended; a call of a function is what it waits for.
        finishReason: waits && isTold ? "tool_calls" : undefined,
        rawFinishReason: undefined,
      })],
      usage: this.#usage,
      toolResults: this.#results.length === 0 ? undefined : this.#results,
      error: this.#error,
    });
  }

  #takeEvent(json: JsonRecord, type: string): "token" | "meta" | "end" | StreamDelta {
    if (type === "conversation.response.done") {
      this.hasEnded = true;
      this.#usage = readUsage(json["usage"], this.#context.quirks);
      return "end";
    }
    this.hasEnded ??= false;
    if (type === "conversation.response.error") {
      const code = asFilledText(json["code"]) ?? asCount(json["code"])?.toString();
      this.#error = compact<ModelError>({ code, message: asFilledText(json["message"]) });
      return "end";
    }
    this.#model ??= asFilledText(json["model"]);
    if (type === "message.output.delta") return this.#takePiece(json);
    if (type.startsWith("function.call.") || type.startsWith("tool.execution.")) return this.#takeCall(json, type);
    return "meta";
  }

  #takePiece(json: JsonRecord): "token" | "meta" | StreamDelta {
    const content = json["content"];
    const piece = addChunks(this.#open(json).message, typeof content === "string" ? content : [content]);
    if (!piece.content && !piece.reasoning) return "meta";
    if (!this.#context.wantsDelta) return "token";
    return compact<StreamDelta>({ content: piece.content || undefined, reasoning: piece.reasoning || undefined });
  }

  #takeCall(json: JsonRecord, type: string): "token" | "meta" {
    const entry = this.#open(json);
    const isOwn = type.startsWith("tool.");
    entry.call ??= toPartial(json, isOwn);
    if (type.endsWith(".done")) {
      entry.call.isClosed = true;
      this.#takeResult(json);
    }
    const piece = asText(json["arguments"]);
    if (piece === undefined || type.endsWith(".done")) return "meta";
    entry.call.argumentText += piece;
    return "token";
  }

  /** What a tool of the vendor found out, as far as it is told. */
  #takeResult(json: JsonRecord): void {
    const info = asRecord(json["info"]);
    if (info === undefined || Object.keys(info).length === 0) return;
    this.#results.push(compact<ToolResult>({
      callId: asFilledText(json["id"]),
      name: asFilledText(json["name"]),
      content: JSON.stringify(info),
      isError: undefined,
      isServerSide: true,
    }));
  }

  /** The entry that an event belongs to: by its id, which every event of it repeats. */
  #open(json: JsonRecord): Entry {
    const key = asText(json["id"]) ?? String(json["output_index"]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { message: { role: "assistant" } };
    this.#entries.set(key, entry);
    return entry;
  }

  #takeOutput(output: JsonRecord | undefined, index: number): void {
    const type = asText(output?.["type"]);
    if (output === undefined || type === "agent.handoff") return;
    this.#model ??= asFilledText(output["model"]);
    const entry: Entry = { message: { role: "assistant" } };
    this.#entries.set(String(index), entry);
    if (type === "message.output") addChunks(entry.message, output["content"]);
    if (type !== "function.call" && type !== "tool.execution") return;
    this.#takeResult(output);
    const given = output["arguments"];
    const argumentText = typeof given === "string" ? given : JSON.stringify(given ?? {});
    entry.call = { ...toPartial(output, type === "tool.execution"), argumentText, isClosed: true };
  }
}

/** What the vendor's tools read is counted, and billed, beside what the model was asked. */
function readUsage(value: unknown, quirks: readonly string[]): Usage | undefined {
  const json = asRecord(value);
  const usage = decodeOpenAiUsage(json, quirks);
  if (usage === undefined) return undefined;
  const inputTokens = asCount(json?.["connector_tokens"]);
  const webSearches = asCount(asRecord(json?.["connectors"])?.["web_search"]);
  return compact<Usage>({
    ...usage,
    webSearches: webSearches ?? usage.webSearches,
    besides: inputTokens ? [{ usage: { inputTokens } }] : usage.besides,
  });
}

function toPartial(json: JsonRecord, isServerSide: boolean): PartialToolCall {
  return {
    id: asFilledText(json["tool_call_id"]) ?? asFilledText(json["id"]),
    name: asFilledText(json["name"]) ?? "",
    type: isServerSide ? "server" : "function",
    argumentText: "",
    isFreeText: false,
    isClosed: false,
    isServerSide,
  };
}

/**
 * Adds the content of one entry; gives what was new. Chunks follow each other without a gap: between them stand references to what
 * was read, which are no text and no file.
 */
function addChunks(message: Message, content: unknown): Message {
  const piece: Message = { role: "assistant" };
  for (const chunk of typeof content === "string" ? [content] : asList(content)) {
    const part: Message = { role: "assistant" };
    if (asRecord(chunk)?.["type"] !== "tool_reference") addContent(part, typeof chunk === "string" ? chunk : [chunk]);
    add(piece, part);
  }
  add(message, piece);
  return piece;
}

function add(message: Message, part: Message): void {
  if (part.content !== undefined) message.content = (message.content ?? "") + part.content;
  if (part.reasoning !== undefined) message.reasoning = (message.reasoning ?? "") + part.reasoning;
  for (const member of COUNTS) {
    const count = part[member];
    if (count !== undefined) message[member] = (message[member] ?? 0) + count;
  }
}

/** All entries of an answer are one message: texts in order, calls in order. */
function join(message: Message, { message: part, call }: Entry, isComplete: boolean): void {
  if (message.content !== undefined && part.content !== undefined) message.content += "\n";
  if (message.reasoning !== undefined && part.reasoning !== undefined) message.reasoning += "\n";
  add(message, part);
  if (call !== undefined && call.name !== "") (message.toolCalls ??= []).push(finishToolCall(call, isComplete));
}
