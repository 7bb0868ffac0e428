import type { Choice, FinishReason, Message, ModelError, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { DeltaScanner } from "./delta_scanner.ts";
import type { TemplateSpec } from "./delta_template.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { addContent } from "./openai_message.ts";
import { decodeItemCall, readItemReasoning } from "./openai_responses_item.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";

/** xAI counts reasoning inside the output here, unlike in chat completions. */
const CHAT_ONLY_QUIRK = "reasoning_outside_completion";

const IGNORED_KEYS = ["sequence_number", "obfuscation", "item_id"] as const;

type Field = "text" | "input" | "reasoning";

/** Field of an item that a delta event adds to, by event type. */
const DELTA_FIELDS: Readonly<Record<string, Field>> = {
  "response.output_text.delta": "text",
  "response.refusal.delta": "text",
  "response.function_call_arguments.delta": "input",
  "response.custom_tool_call_input.delta": "input",
  "response.mcp_call_arguments.delta": "input",
  "response.reasoning_summary_text.delta": "reasoning",
  "response.reasoning_text.delta": "reasoning",
};

const TERMINAL_EVENTS = new Set(["response.completed", "response.incomplete", "response.failed", "response.cancelled"]);

const DELTA_SPEC: TemplateSpec = {
  pieceKey: "delta",
  ignoredKeys: IGNORED_KEYS,
  read: (json) => asRecord(json)?.delta,
};

/** An output item of a stream: as it was added, what deltas brought, and as it was done. */
interface OpenItem {
  item: JsonRecord | undefined;
  isDone: boolean;
  text: string;
  input: string;
  reasoning: string;
  /** Pieces of what the deltas brought may be missing. */
  hasGap: boolean;
}

interface Meaning {
  readonly open: OpenItem;
  readonly field: Field;
}

type Verdict = "token" | "meta" | "end" | StreamDelta;

/**
 * Reads a Responses answer: one `response` object, or the events of a stream. The terminal event repeats everything; what the
 * deltas brought counts only when it did not come or came with an empty output.
 */
export class ResponsesReader implements ResponseReader {
  readonly #quirks: readonly string[];
  readonly #status: number;
  readonly #wantsDelta: boolean;
  readonly #open = new Map<number, OpenItem>();
  readonly #scanner = new DeltaScanner<Meaning>();
  #response: JsonRecord | undefined;
  #error: ModelError | undefined;
  /** The document was cut: an item that is missing may be a call, which would be why it ended. */
  #isPart = false;
  #hasGap = false;
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#quirks = context.quirks.filter((quirk) => quirk !== CHAT_ONLY_QUIRK);
    this.#status = context.response.status;
    this.#wantsDelta = context.wantsDelta;
  }

  message(message: BodyMessage): Verdict {
    const meaning = this.#scanner.scan(message.text);
    if (meaning !== undefined) return this.#takePiece(meaning.open, meaning.field, this.#scanner.piece);
    if (message.text === "[DONE]") return this.#end();
    const json = parseJson(message.text);
    if (message.isPart === true) this.#isPart = true;
    const record = asRecord(json);
    const type = asText(record?.type);
    if (record === undefined || type === undefined || !type.startsWith("response.")) return this.#takeWhole(json);
    return this.#takeEvent(record, type, message.text);
  }

  gap(): void {
    this.#hasGap = true;
    for (const open of this.#open.values()) if (!open.isDone) open.hasGap = true;
  }

  finish(isComplete: boolean): ModelResponse {
    const json = this.#response;
    const response: ModelResponse = { choices: [] };
    const id = asFilledText(json?.id);
    if (id !== undefined) response.requestId = id;
    const model = asFilledText(json?.model);
    if (model !== undefined) response.model = model;
    const tier = asFilledText(json?.service_tier);
    // Until the end it is what was asked for.
    if (tier !== undefined && this.hasEnded !== false) response.serviceTier = tier;
    const usage = decodeOpenAiUsage(json?.usage, this.#quirks);
    if (usage !== undefined) response.usage = usage;
    const error = this.#error ?? toResponseError(json?.error);
    if (error !== undefined) response.error = error;
    this.#addChoice(response, isComplete);
    return response;
  }

  #takeWhole(json: unknown): Verdict {
    const record = asRecord(json);
    if (record?.type === "error") this.#error = toResponseError(record.error) ?? toResponseError(record);
    else if (
      record?.object === "response" || record?.object === "response.compaction" || Array.isArray(record?.output)
    ) {
      this.#response = record;
      return "token";
    } else this.#error = decodeOpenAiError(json) ?? (this.#status >= 400 ? decodeBareError(json) : this.#error);
    return "meta";
  }

  #takeEvent(json: JsonRecord, type: string, text: string): Verdict {
    const field = DELTA_FIELDS[type];
    if (field !== undefined) return this.#takeDelta(json, field, text);
    this.hasEnded ??= false;
    const response = asRecord(json.response);
    if (response !== undefined) this.#response = response;
    if (TERMINAL_EVENTS.has(type)) return this.#end();
    const item = asRecord(json.item);
    if (item === undefined) return "meta";
    const open = this.#findOpen(asCount(json.output_index) ?? this.#open.size);
    open.item = item;
    open.isDone = type === "response.output_item.done";
    return "meta";
  }

  #takeDelta(json: JsonRecord, field: Field, text: string): Verdict {
    const piece = asText(json.delta);
    const index = asCount(json.output_index);
    if (piece === undefined || index === undefined) return "meta";
    const open = this.#findOpen(index);
    this.#scanner.learn(text, `${field} ${index}`, DELTA_SPEC, { open, field });
    return this.#takePiece(open, field, piece);
  }

  #takePiece(open: OpenItem, field: Field, piece: string): Verdict {
    open[field] += piece;
    if (piece === "") return "meta";
    if (!this.#wantsDelta || field === "input") return "token";
    return field === "text" ? { content: piece } : { reasoning: piece };
  }

  #end(): "end" {
    this.hasEnded = true;
    return "end";
  }

  #findOpen(index: number): OpenItem {
    let open = this.#open.get(index);
    if (open === undefined) {
      open = { item: undefined, isDone: false, text: "", input: "", reasoning: "", hasGap: false };
      if (this.#open.size < 4_096) this.#open.set(index, open);
    }
    return open;
  }

  #addChoice(response: ModelResponse, isComplete: boolean): void {
    const status = asText(this.#response?.status);
    const whole = asList(this.#response?.output);
    if (whole.length === 0 && this.#open.size === 0 && status === undefined) return;
    const message: Message = { role: "assistant" };
    const results: ToolResult[] = [];
    if (whole.length > 0) { for (const item of whole) takeItem(message, results, asRecord(item), isComplete); }
    else for (const open of this.#open.values()) takeItem(message, results, toItem(open), isComplete || open.isDone);
    if (results.length > 0) response.toolResults = results;
    const choice: Choice = { index: 0, message };
    const isUnsure = this.#hasGap && whole.length === 0 && !hasClientCall(message);
    if (!this.#isPart && !isUnsure) {
      addFinishReason(choice, status, asFilledText(asRecord(this.#response?.incomplete_details)?.reason));
    }
    if (status === undefined && message.content === undefined && message.toolCalls === undefined) return;
    response.choices.push(choice);
  }
}

/** An item as it would stand in a whole answer: as it was done, or as it began with what the deltas brought. */
function toItem(open: OpenItem): JsonRecord | undefined {
  if (open.isDone && open.item !== undefined) return open.item;
  const type = asText(open.item?.type) ??
    (open.text !== "" ? "message" : open.reasoning !== "" ? "reasoning" : undefined);
  if (type === undefined) return undefined;
  if (type === "message") return { type, content: open.text === "" ? [] : [{ type: "output_text", text: open.text }] };
  if (type === "reasoning") return { type, summary: [{ type: "summary_text", text: open.reasoning }] };
  return {
    ...open.item,
    type,
    // What is put together from pieces that were no neighbours is no input.
    ...(open.input !== "" && !open.hasGap && { [type === "custom_tool_call" ? "input" : "arguments"]: open.input }),
  };
}

function takeItem(message: Message, results: ToolResult[], item: JsonRecord | undefined, isComplete: boolean): void {
  if (item === undefined) return;
  if (item.type === "message") return addContent(message, item.content);
  if (item.type === "reasoning") {
    const reasoning = readItemReasoning(item);
    if (reasoning !== undefined) {
      message.reasoning = message.reasoning === undefined ? reasoning : `${message.reasoning}\n${reasoning}`;
    }
    return;
  }
  const { call, result } = decodeItemCall(item, isComplete);
  if (call !== undefined) (message.toolCalls ??= []).push(call);
  if (result !== undefined) results.push(result);
}

function addFinishReason(choice: Choice, status: string | undefined, incompleteReason: string | undefined): void {
  const reason = toReason(choice.message, status, incompleteReason);
  if (reason === undefined || status === undefined) return;
  choice.finishReason = reason;
  choice.rawFinishReason = incompleteReason ?? status;
}

function toReason(message: Message, status: string | undefined, incompleteReason?: string): FinishReason | undefined {
  if (status === "completed") return hasClientCall(message) ? "tool_calls" : "stop";
  if (status === "failed") return "error";
  if (status === "cancelled") return "other";
  if (status !== "incomplete") return undefined;
  if (incompleteReason === "content_filter") return "content_filter";
  return incompleteReason === "max_output_tokens" ? "length" : "other";
}

function hasClientCall(message: Message): boolean {
  return message.toolCalls?.some((call) => call.isServerSide !== true) ?? false;
}

function toResponseError(value: unknown): ModelError | undefined {
  const json = asRecord(value);
  if (json === undefined) return undefined;
  return decodeOpenAiError({ error: json });
}
