import type { Choice, Message, ModelError, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { onSameHost, toPendingWork } from "./address.ts";
import { DeltaScanner } from "./delta_scanner.ts";
import type { TemplateSpec } from "./delta_template.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import {
  addFinishReason,
  hasClientCall,
  type OpenItem,
  settleCalls,
  takeItem,
  toItem,
} from "./openai_responses_answer.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { toWordTable } from "./word_table.ts";

/** xAI counts reasoning inside the output here, unlike in chat completions. */
const CHAT_ONLY_QUIRK = "reasoning_outside_completion";

const IGNORED_KEYS = ["sequence_number", "obfuscation", "item_id"] as const;

/** Statuses of an answer in the background that is not there yet; Manus says `running`. */
const UNDER_WAY: ReadonlySet<unknown> = new Set(["queued", "in_progress", "running"]);

type Field = "text" | "input" | "reasoning";

/** Field of an item that a delta event adds to, by event type. */
const DELTA_FIELDS = toWordTable<Field>({
  "response.output_text.delta": "text",
  "response.refusal.delta": "text",
  "response.function_call_arguments.delta": "input",
  "response.custom_tool_call_input.delta": "input",
  "response.mcp_call_arguments.delta": "input",
  "response.reasoning_summary_text.delta": "reasoning",
  "response.reasoning_text.delta": "reasoning",
});

const TERMINAL_EVENTS = new Set(["response.completed", "response.incomplete", "response.failed", "response.cancelled"]);

const DELTA_SPEC: TemplateSpec = {
  pieceKey: "delta",
  ignoredKeys: IGNORED_KEYS,
  read: (json) => asRecord(json)?.delta,
};

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
  readonly #context: ResponseContext;
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
  /** How the last event says that it ended. */
  #endWord: string | undefined;
  /** The client has no tool that takes free text: such calls are the vendor's own. */
  readonly #offersNoTextTool: boolean;
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
    this.#offersNoTextTool = offersNoTextTool(context.request);
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
    if (usage !== undefined) response.usage = addToolUsage(usage, json);
    const error = this.#error ?? toResponseError(json?.error);
    if (error !== undefined) response.error = error;
    const isUnderWay = this.hasEnded === undefined && UNDER_WAY.has(json?.status);
    if (isUnderWay) this.#addPending(response);
    if (!isUnderWay || asList(json?.output).length > 0) this.#addChoice(response, isComplete);
    return response;
  }

  /** The vendor answers in the background: `GET /responses/ID` brings the outcome. */
  #addPending(response: ModelResponse): void {
    const { head, earlier } = this.#context;
    const id = response.requestId;
    const isAddressable = earlier === undefined && id !== undefined && /^[\w-]+$/.test(id);
    response.isAccepted = true;
    const pending = toPendingWork(this.#context, isAddressable ? onSameHost(head, `${head.path}/${id}`) : undefined);
    if (pending !== undefined) response.pending = pending;
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
    // Some servers state at the end only what is new.
    if (response !== undefined) {
      this.#response = response.id === undefined ? { ...this.#response, ...response } : response;
    }
    if (TERMINAL_EVENTS.has(type)) {
      this.#endWord = type.slice("response.".length);
      return this.#end();
    }
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
    const status = this.#endWord ?? asText(this.#response?.status);
    const whole = asList(this.#response?.output);
    if (whole.length === 0 && this.#open.size === 0 && status === undefined) return;
    const message: Message = { role: "assistant" };
    const results: ToolResult[] = [];
    if (whole.length > 0) { for (const item of whole) takeItem(message, results, asRecord(item), isComplete); }
    else for (const open of this.#open.values()) takeItem(message, results, toItem(open), isComplete || open.isDone);
    settleCalls(message, results, whole.length > 0 ? whole : [...this.#open.values()].map(({ item }) => item));
    if (this.#offersNoTextTool) {
      for (const call of message.toolCalls ?? []) if (call.type === "custom") call.isServerSide = true;
    }
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

function offersNoTextTool(request: ResponseContext["request"]): boolean {
  if (request === undefined || request.isPart === true || request.isDelta === true) return false;
  return request.tools.length > 0 && request.tools.every(({ type }) => type !== "custom");
}

/** Searches are billed beside the tokens, and counted beside the usage. */
/** Adds what the vendor's own tools used: searches, and the tokens of the model that made images. */
function addToolUsage(usage: Usage, json: JsonRecord | undefined): Usage {
  const tools = asRecord(json?.tool_usage);
  const searches = asCount(asRecord(tools?.web_search)?.num_requests);
  const images = asRecord(tools?.image_gen);
  const counts = asCount(images?.total_tokens) ? decodeOpenAiUsage(images, []) : undefined;
  // Without its name no price is found, for the model that answers is not the one that draws.
  const drawing = asList(json?.tools).find((tool) => asRecord(tool)?.type === "image_generation");
  const model = asText(asRecord(drawing)?.model) ?? "";
  return {
    ...usage,
    ...(searches && { webSearches: searches }),
    ...(counts !== undefined && { besides: [{ model, usage: counts }] }),
  };
}

function toResponseError(value: unknown): ModelError | undefined {
  const json = asRecord(value);
  if (json === undefined) return undefined;
  return decodeOpenAiError({ error: json });
}
