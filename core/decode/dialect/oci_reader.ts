/** Reads answers of OCI Generative AI: one document, or events that each bring what is new of a choice. */
import type { Choice, ModelError, ModelResponse, ToolCall } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { CallOrder } from "./call_order.ts";
import { toCohereFinishReason } from "./cohere_facts.ts";
import { readFirstCalls } from "./cohere_message.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { readOciMessage, toSnakeCase } from "./oci_message.ts";
import { ChatChoice } from "./openai_chat_choice.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";

/** Most alternatives of one answer that are kept. */
const MAX_CHOICES = 64;

/** Members of events that say something of a choice. */
const SAID = ["message", "text", "toolCalls", "finishReason"] as const;

/** Reads embeddings and ranks, which are one document. */
export function readOciDocument(json: JsonRecord): Partial<ModelResponse> {
  const byType = asRecord(json["embeddingsByType"]);
  const vectors = byType === undefined ? asList(json["embeddings"]) : asList(Object.values(byType)[0]);
  const [first] = vectors;
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    model: asFilledText(json["modelId"]),
    embedding: vectors.length === 0
      ? undefined
      : compact({ count: vectors.length, dimensions: Array.isArray(first) ? first.length : undefined }),
    outputCount: Array.isArray(json["documentRanks"]) ? json["documentRanks"].length : undefined,
    usage: readUsage(json["usage"]),
  });
}

/** Creates the reader of one answer in words. */
export function createOciReader(context: ResponseContext): ResponseReader {
  return new OciReader(context);
}

class OciReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #streamed = new Map<number, ChatChoice>();
  readonly #callOrder = new CallOrder();
  #choices: Choice[] = [];
  /** Calls that came whole. */
  #calls: ToolCall[] = [];
  #model: string | undefined;
  #usage: Usage | undefined;
  #error: ModelError | undefined;
  #serviceTier: string | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  message({ text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (text === "[DONE]") return "end";
    const json = parseRecord(text);
    if (json === undefined) return "meta";
    const error = decodeOpenAiError(json) ?? (this.#context.response.status >= 400 ? decodeBareError(json) : undefined);
    if (error !== undefined) {
      this.#error = error;
      return "meta";
    }
    const whole = asRecord(json["chatResponse"]) ?? asRecord(json["inferenceResponse"]);
    if (whole !== undefined || json["summary"] !== undefined) return this.#document(json, whole ?? json);
    return this.#event(json);
  }

  gap(): void {
    for (const choice of this.#streamed.values()) choice.gap();
  }

  finish(isComplete: boolean): ModelResponse {
    const streamed = [...this.#streamed.values()].map((choice) => this.#close(choice, isComplete));
    return compact<ModelResponse>({
      requestId: this.#context.response.headers.get("opc-request-id"),
      model: this.#model,
      choices: [...this.#choices, ...streamed],
      usage: this.#usage,
      error: this.#error,
      serviceTier: this.#serviceTier,
    });
  }

  #document(json: JsonRecord, whole: JsonRecord): "token" | "meta" {
    this.#model = asFilledText(json["modelId"]);
    this.#usage = readUsage(whole["usage"]);
    this.#serviceTier = asFilledText(whole["serviceTier"]);
    const listed = asRecords(whole["choices"] ?? whole["generatedTexts"]);
    this.#choices = (listed.length > 0 ? listed : [whole]).slice(0, MAX_CHOICES).map(readChoice);
    const message = asFilledText(whole["errorMessage"]);
    if (message !== undefined) this.#error = { message };
    return "token";
  }

  #event(json: JsonRecord): "token" | "meta" | StreamDelta {
    this.#usage = readUsage(json["usage"]) ?? this.#usage;
    if (!SAID.some((name) => json[name] !== undefined)) return "meta";
    const choice = this.#choice(asCount(json["index"]) ?? 0);
    if (choice === undefined) return "meta";
    const isLast = asFilledText(json["finishReason"]) !== undefined;
    if (isLast) choice.rawFinishReason = asText(json["finishReason"]);
    const message = asRecord(json["message"]);
    // Cohere's last event says once more all that was said.
    const isRepeated = isLast && json["chatHistory"] !== undefined && choice.content !== undefined;
    if (!isRepeated || this.#calls.length === 0) this.#calls.push(...readFirstCalls(json["toolCalls"]));
    const content = isRepeated ? undefined : asText(json["text"]) ?? joinTexts(message);
    const reasoning = asFilledText(message?.["reasoningContent"]);
    const calls = asRecords(message?.["toolCalls"]).map((call) => this.#callOrder.toDelta(call));
    const hasOutput = choice.takeDelta(compact<Record<string, unknown>>({
      content,
      reasoning_content: reasoning,
      tool_calls: calls.length === 0 ? undefined : calls,
    }));
    if (!hasOutput) return "meta";
    return this.#context.wantsDelta ? compact<StreamDelta>({ content: content || undefined, reasoning }) : "token";
  }

  #choice(index: number): ChatChoice | undefined {
    const known = this.#streamed.get(index);
    if (known !== undefined || this.#streamed.size >= MAX_CHOICES) return known;
    const choice = new ChatChoice(index);
    this.#streamed.set(index, choice);
    return choice;
  }

  #close(streamed: ChatChoice, isComplete: boolean): Choice {
    const choice = withReason(streamed.finish(isComplete), streamed.rawFinishReason);
    if (streamed.index === 0 && this.#calls.length > 0) {
      choice.message.toolCalls = [...choice.message.toolCalls ?? [], ...this.#calls];
    }
    return choice;
  }
}

function readChoice(json: JsonRecord, position: number): Choice {
  const message = asRecord(json["message"]);
  const calls = readFirstCalls(json["toolCalls"]);
  const choice: Choice = {
    index: asCount(json["index"]) ?? position,
    message: message === undefined
      ? compact({ role: "assistant", content: asText(json["text"]) ?? asText(json["summary"]) })
      : { ...readOciMessage(message), role: asText(message["role"])?.toLowerCase() ?? "assistant" },
  };
  if (calls.length > 0) choice.message.toolCalls = calls;
  return withReason(choice, asFilledText(json["finishReason"]));
}

/** Cohere's words are in capitals, the others' are OpenAI's. */
function withReason(choice: Choice, raw: string | undefined): Choice {
  if (raw === undefined) return choice;
  const reason = /^[A-Z_]+$/.test(raw) ? toCohereFinishReason(raw) : toFinishReason(raw);
  return compact<Choice>({ ...choice, finishReason: reason, rawFinishReason: raw });
}

function joinTexts(message: JsonRecord | undefined): string | undefined {
  const texts = asRecords(message?.["content"]).flatMap((part) => asText(part["text"]) ?? []);
  return texts.length === 0 ? asText(message?.["content"]) : texts.join("");
}

function readUsage(value: unknown): Usage | undefined {
  const usage = asRecord(value);
  if (usage === undefined) return undefined;
  const json: Record<string, unknown> = { ...toSnakeCase(usage) };
  for (const name of ["prompt_tokens_details", "completion_tokens_details"]) {
    const details = asRecord(json[name]);
    if (details !== undefined) json[name] = toSnakeCase(details);
  }
  const read = decodeOpenAiUsage(json, []);
  return read !== undefined && Object.keys(read).length > 0 ? read : undefined;
}
