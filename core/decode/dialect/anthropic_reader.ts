import type { Message, ModelError, ModelResponse, ToolCall, ToolResult } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { takeBlock, toBlockCall } from "./anthropic_content.ts";
import { decodeAnthropicUsage } from "./anthropic_usage.ts";
import { DeltaScanner } from "./delta_scanner.ts";
import type { TemplateSpec } from "./delta_template.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { toToolCall } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

type Field = "text" | "thinking" | "partial_json";

/** One content block of a stream while it grows. */
interface OpenBlock {
  /** The block as it started. */
  readonly start: JsonRecord;
  text: string;
  thinking: string;
  partial_json: string;
  isClosed: boolean;
  hasGap: boolean;
}

interface Meaning {
  readonly block: OpenBlock;
  readonly field: Field;
}

const FIELDS = toWordTable<Field>({
  text_delta: "text",
  thinking_delta: "thinking",
  input_json_delta: "partial_json",
});

const SPECS: Readonly<Record<Field, TemplateSpec>> = {
  text: toSpec("text"),
  thinking: toSpec("thinking"),
  partial_json: toSpec("partial_json"),
};

type Verdict = "token" | "meta" | "end" | StreamDelta;

/** Reads an Anthropic message: one JSON document, or the events of a stream. */
export class AnthropicReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  readonly #blocks = new Map<number, OpenBlock>();
  readonly #scanner = new DeltaScanner<Meaning>();
  /** Content of a body that is no stream. */
  #whole: JsonRecord | undefined;
  #head: JsonRecord | undefined;
  #usage: JsonRecord | undefined;
  #hasFinalOutput = false;
  #stopReason: string | undefined;
  /** The model that took over while the answer was made. */
  #servedBy: string | undefined;
  #error: ModelError | undefined;
  #requestId: string | undefined;
  hasEnded: boolean | undefined;
  /** Only tools the vendor runs add to the input while the answer is made. */
  readonly hasFinalInput: boolean;

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
    this.hasFinalInput = context.request?.tools.every((tool) => tool.type === "function") ?? false;
  }

  message(message: BodyMessage): Verdict {
    const meaning = this.#scanner.scan(message.text);
    if (meaning !== undefined) return this.#takePiece(meaning.block, meaning.field, this.#scanner.piece);
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const take = EVENTS[asText(json.type) ?? ""];
    return take === undefined ? "meta" : take(this, json, message.text);
  }

  gap(): void {
    for (const block of this.#blocks.values()) if (!block.isClosed) block.hasGap = true;
  }

  finish(isComplete: boolean): ModelResponse {
    const response: ModelResponse = { choices: [] };
    const id = asFilledText(this.#head?.id) ?? this.#requestId;
    if (id !== undefined) response.requestId = id;
    const model = this.#servedBy ?? asFilledText(this.#head?.model);
    if (model !== undefined) response.model = model;
    if (this.#error !== undefined) response.error = this.#error;
    if (this.#usage !== undefined) response.usage = decodeAnthropicUsage(this.#usage, this.#hasFinalOutput);
    const tier = asFilledText(this.#usage?.service_tier);
    if (tier !== undefined) response.serviceTier = tier;
    if (this.#head !== undefined) this.#addChoice(response, isComplete);
    return response;
  }

  /** A whole message: the body of an answer that is no stream. */
  takeWhole(json: JsonRecord): Verdict {
    this.#whole = json;
    this.#head = json;
    this.#stopReason = asFilledText(json.stop_reason);
    this.#mergeUsage(json.usage);
    this.#hasFinalOutput = true;
    return "token";
  }

  /** `message_start`: id, model, first usage. */
  takeStart(json: JsonRecord): Verdict {
    this.hasEnded = false;
    const message = asRecord(json.message);
    this.#head ??= message;
    this.#mergeUsage(message?.usage);
    const hasContent = asList(message?.content).length > 0;
    // An answer that goes on with a program of the vendor may be whole at its start.
    if (hasContent) this.#whole ??= message;
    const stopReason = asFilledText(message?.stop_reason);
    if (stopReason === undefined) return hasContent ? "token" : "meta";
    this.#stopReason ??= stopReason;
    this.#hasFinalOutput = true;
    return hasContent ? "token" : "meta";
  }

  /** `content_block_start`. */
  takeBlockStart(json: JsonRecord): Verdict {
    const start = asRecord(json.content_block);
    const index = asCount(json.index);
    if (start === undefined || index === undefined || this.#blocks.size >= 4_096) return "meta";
    if (start.type === "fallback") this.#servedBy = asFilledText(asRecord(start.to)?.model) ?? this.#servedBy;
    const block: OpenBlock = {
      start,
      text: asText(start.text) ?? "",
      thinking: asText(start.thinking) ?? "",
      partial_json: "",
      isClosed: false,
      hasGap: false,
    };
    this.#blocks.set(index, block);
    if (block.text !== "" && this.#wantsDelta) return { content: block.text };
    return block.text !== "" || block.thinking !== "" || start.name !== undefined ? "token" : "meta";
  }

  /** `content_block_delta` that no template fits. */
  takeBlockDelta(json: JsonRecord, text: string): Verdict {
    const index = asCount(json.index);
    const delta = asRecord(json.delta);
    const block = index === undefined ? undefined : this.#blocks.get(index);
    const field = FIELDS[asText(delta?.type) ?? ""];
    const piece = field === undefined ? undefined : asText(delta?.[field]);
    if (block === undefined || field === undefined || piece === undefined) return "meta";
    this.#scanner.learn(text, `${field} ${index}`, SPECS[field], { block, field });
    return this.#takePiece(block, field, piece);
  }

  /** `content_block_stop`. */
  takeBlockStop(json: JsonRecord): Verdict {
    const block = this.#blocks.get(asCount(json.index) ?? -1);
    if (block !== undefined) block.isClosed = true;
    return "meta";
  }

  /** `message_delta`: stop reason, and usage that replaces what was said before. */
  takeMessageDelta(json: JsonRecord): Verdict {
    this.#stopReason = asFilledText(asRecord(json.delta)?.stop_reason) ?? this.#stopReason;
    this.#mergeUsage(json.usage);
    if (asCount(asRecord(json.usage)?.output_tokens) !== undefined) this.#hasFinalOutput = true;
    return "meta";
  }

  /** `message_stop`. */
  takeStop(): Verdict {
    this.hasEnded = true;
    return "end";
  }

  /** An error body, or an `error` event inside a stream. */
  takeError(json: JsonRecord): Verdict {
    const nested = asRecord(json.error);
    const error: ModelError = {};
    const type = asFilledText(nested?.type);
    if (type !== undefined) error.type = type;
    const message = asFilledText(nested?.message);
    if (message !== undefined) error.message = message;
    this.#error = error;
    this.#requestId = asFilledText(json.request_id);
    return "meta";
  }

  #mergeUsage(value: unknown): void {
    const json = asRecord(value);
    if (json === undefined) return;
    const merged: Record<string, unknown> = { ...this.#usage };
    for (const key in json) if (json[key] !== null) merged[key] = json[key];
    this.#usage = merged;
  }

  #takePiece(block: OpenBlock, field: Field, piece: string): Verdict {
    block[field] += piece;
    if (piece === "") return "meta";
    if (!this.#wantsDelta || field === "partial_json") return "token";
    return field === "text" ? { content: piece } : { reasoning: piece };
  }

  #addChoice(response: ModelResponse, isComplete: boolean): void {
    const message: Message = { role: asFilledText(this.#head?.role) ?? "assistant" };
    const serverResults: ToolResult[] = [];
    const facts = { message, serverResults };
    for (const block of asList(this.#whole?.content)) takeBlock(facts, asRecord(block));
    for (const block of this.#blocks.values()) {
      if (!isCall(block)) takeBlock(facts, toTextBlock(block));
      else addCall(message, block, isComplete);
    }
    if (serverResults.length > 0) response.toolResults = serverResults;
    response.choices.push({ index: 0, message });
    const choice = response.choices[0];
    if (choice === undefined || this.#stopReason === undefined) return;
    choice.rawFinishReason = this.#stopReason;
    choice.finishReason = toFinishReason(this.#stopReason);
  }
}

type TakeEvent = (reader: AnthropicReader, json: JsonRecord, text: string) => Verdict;

const EVENTS = toWordTable<TakeEvent>({
  message: (reader, json) => reader.takeWhole(json),
  message_start: (reader, json) => reader.takeStart(json),
  content_block_start: (reader, json) => reader.takeBlockStart(json),
  content_block_delta: (reader, json, text) => reader.takeBlockDelta(json, text),
  content_block_stop: (reader, json) => reader.takeBlockStop(json),
  message_delta: (reader, json) => reader.takeMessageDelta(json),
  message_stop: (reader) => reader.takeStop(),
  error: (reader, json) => reader.takeError(json),
});

function isCall(block: OpenBlock): boolean {
  return asFilledText(block.start.name) !== undefined && asText(block.start.type)?.endsWith("tool_use") === true;
}

/** The block as it would stand in a whole message. */
function toTextBlock(block: OpenBlock): JsonRecord {
  if (block.start.type === "text") return { type: "text", text: block.text, citations: block.start.citations };
  if (block.start.type === "thinking") return { type: "thinking", thinking: block.thinking };
  return block.start;
}

function addCall(message: Message, block: OpenBlock, isComplete: boolean): void {
  const base = toBlockCall(block.start);
  if (base === undefined) return;
  const call: ToolCall = block.partial_json === "" && hasInput(block.start)
    ? base
    : { ...base, ...toArguments(base, block, isComplete) };
  if (call.argumentsIncomplete) delete call.arguments;
  (message.toolCalls ??= []).push(call);
}

function toArguments(base: ToolCall, block: OpenBlock, isComplete: boolean): ToolCall {
  return toToolCall(
    { id: base.id, name: base.name, type: base.type },
    block.partial_json,
    isComplete || block.isClosed,
    block.hasGap,
  );
}

function hasInput(start: JsonRecord): boolean {
  const input = asRecord(start.input);
  return input !== undefined && Object.keys(input).length > 0;
}

function toSpec(field: Field): TemplateSpec {
  return { pieceKey: field, ignoredKeys: [], read: (json) => asRecord(asRecord(json)?.delta)?.[field] };
}
