import type { FinishReason, Message, ModelResponse, PendingWork } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { onSameHost, toPendingWork } from "./address.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toGeminiError } from "./gemini_reader.ts";
import { addInteractionItem } from "./google_interactions_item.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { endToolCall, type OpenCall, startToolCall } from "./open_call.ts";
import { noteGap } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

const FINISH_REASONS = toWordTable<FinishReason>({
  completed: "stop",
  requires_action: "tool_calls",
  incomplete: "length",
  failed: "error",
  cancelled: "other",
});

/** Steps of tools that the vendor runs. */
const VENDOR_STEP = /_(?:call|result)$/;
const MOST_TOOLS = 1_024;

/** Creates the reader of one Interactions answer: a document, or server-sent events. */
export function createInteractionsReader(context: ResponseContext): ResponseReader {
  return new InteractionsReader(context);
}

class InteractionsReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #open = new Map<number, OpenCall>();
  /** Steps of the vendor's tools, as they began and with what their deltas brought. */
  readonly #tools = new Map<number, JsonRecord>();
  #message: Message | undefined;
  #interaction: JsonRecord | undefined;
  #status: string | undefined;
  #error: ModelResponse["error"];
  #hasCompleted: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#hasCompleted;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const error = asRecord(json["error"]);
    if (error !== undefined) this.#error = toGeminiError(error);
    const event = asText(json["event_type"]);
    if (event === undefined) return this.#document(json);
    this.#hasCompleted ??= false;
    return this.#event(event, json);
  }

  gap(): void {
    for (const { partial } of this.#open.values()) noteGap(partial);
  }

  finish(_isComplete: boolean): ModelResponse {
    for (const open of this.#open.values()) if (this.#message) endToolCall(this.#message, open, false);
    this.#open.clear();
    const toolResults = this.#message?.toolResults;
    if (this.#message !== undefined) delete this.#message.toolResults;
    const raw = this.#status === "in_progress" ? undefined : this.#status;
    const isUnderWay = this.#status === "in_progress" && this.#hasCompleted === undefined;
    const requestId = asFilledText(this.#interaction?.["id"]);
    return compact<ModelResponse>({
      requestId,
      model: asFilledText(this.#interaction?.["model"]),
      isAccepted: isUnderWay ? true : undefined,
      pending: isUnderWay ? this.#toPending(requestId) : undefined,
      choices: this.#message === undefined ? [] : [compact({
        index: 0,
        message: this.#message,
        finishReason: raw === undefined ? undefined : FINISH_REASONS[raw] ?? "other",
        rawFinishReason: raw,
      })],
      usage: toUsage(asRecord(this.#interaction?.["usage"])),
      error: this.#error,
      toolResults,
      serviceTier: asFilledText(this.#interaction?.["service_tier"]),
    });
  }

  /** The vendor works in the background: `GET /interactions/ID` brings the outcome. */
  #toPending(id: string | undefined): PendingWork | undefined {
    const { head, earlier } = this.#context;
    const isAddressable = earlier === undefined && id !== undefined && /^[\w-]+$/.test(id);
    return toPendingWork(this.#context, isAddressable ? onSameHost(head, `${head.path}/${id}`) : undefined);
  }

  #document(json: JsonRecord): "token" | "meta" {
    if (json["id"] === undefined) return "meta";
    this.#interaction = json;
    this.#status = asFilledText(json["status"]);
    const items = json["steps"] ?? json["outputs"];
    if (this.#status === "in_progress" && asRecords(items).length === 0) return "meta";
    const message = this.#message ??= { role: "model" };
    for (const item of asRecords(items)) addInteractionItem(message, item, "");
    return "token";
  }

  #event(event: string, json: JsonRecord): "token" | "meta" | "end" | StreamDelta {
    const index = asCount(json["index"]) ?? 0;
    const interaction = asRecord(json["interaction"]);
    if (interaction !== undefined) this.#interaction = { ...this.#interaction, ...interaction };
    this.#status = asFilledText(interaction?.["status"]) ?? asFilledText(json["status"]) ?? this.#status;
    if (event === "step.start" || event === "content.start") {
      this.#start(index, asRecord(json["step"] ?? json["content"]));
    }
    if (event === "step.delta" || event === "content.delta") return this.#delta(index, asRecord(json["delta"]));
    if (event === "step.stop" || event === "content.stop") {
      const open = this.#open.get(index);
      if (open !== undefined && this.#message) endToolCall(this.#message, open, true);
      this.#open.delete(index);
      const tool = this.#tools.get(index);
      if (tool !== undefined && this.#message) addInteractionItem(this.#message, tool, "");
      this.#tools.delete(index);
    }
    if (event !== "interaction.completed" && event !== "interaction.complete") return "meta";
    this.#hasCompleted = true;
    return "end";
  }

  /** Pictures and sound that the model made; they are counted, not kept. */
  #media(message: Message, delta: JsonRecord | undefined): "token" | "meta" {
    if (delta?.["data"] === undefined && delta?.["uri"] === undefined) return "meta";
    addInteractionItem(message, { type: delta["type"] }, "");
    return "token";
  }

  #start(index: number, step: JsonRecord | undefined): void {
    const message = this.#message ??= { role: "model" };
    const type = asText(step?.["type"]);
    if (step === undefined || type === undefined) return;
    if (type !== "function_call") {
      if (VENDOR_STEP.test(type) && this.#tools.size < MOST_TOOLS) this.#tools.set(index, step);
      return;
    }
    this.#open.set(
      index,
      startToolCall(message, {
        id: asFilledText(step["id"]),
        name: asText(step["name"]) ?? "",
        type: "function",
        argumentText: "",
        isFreeText: false,
        isClosed: false,
      }),
    );
  }

  #delta(index: number, delta: JsonRecord | undefined): "token" | "meta" | StreamDelta {
    const type = asText(delta?.["type"]);
    const text = asText(delta?.["text"]) ?? asText(asRecord(delta?.["content"])?.["text"]);
    const message = this.#message ??= { role: "model" };
    const open = this.#open.get(index);
    const tool = this.#tools.get(index);
    if (tool !== undefined) {
      this.#tools.set(index, { ...tool, ...delta, type: tool["type"] });
      return "token";
    }
    if (type === "arguments_delta" && open !== undefined) {
      open.partial.argumentText += asText(delta?.["partial_arguments"]) ?? asText(delta?.["arguments"]) ?? "";
      return "token";
    }
    if (text === undefined) return this.#media(message, delta);
    const member = type === "thought_summary" || type === "thought" ? "reasoning" : "content";
    message[member] = (message[member] ?? "") + text;
    return this.#context.wantsDelta ? { [member]: text } : "token";
  }
}

function toUsage(usage: JsonRecord | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const found = compact<Usage>({
    inputTokens: sumCounts(asCount(usage["total_input_tokens"]), asCount(usage["total_tool_use_tokens"])),
    outputTokens: sumCounts(asCount(usage["total_output_tokens"]), asCount(usage["total_thought_tokens"])),
    totalTokens: asCount(usage["total_tokens"]),
    cachedTokens: asCount(usage["total_cached_tokens"]),
    reasoningTokens: asCount(usage["total_thought_tokens"]),
    inputAudioTokens: countOf(usage["input_tokens_by_modality"], "audio"),
    inputImageTokens: countOf(usage["input_tokens_by_modality"], "image"),
    outputAudioTokens: countOf(usage["output_tokens_by_modality"], "audio"),
    outputImageTokens: countOf(usage["output_tokens_by_modality"], "image"),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

function countOf(counts: unknown, modality: string): number | undefined {
  const found = asRecords(counts).filter((count) => asText(count["modality"])?.toLowerCase() === modality);
  return sumCounts(...found.map((count) => asCount(count["tokens"])));
}
