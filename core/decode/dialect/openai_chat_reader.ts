import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { DeltaScanner } from "./delta_scanner.ts";
import type { TemplateSpec } from "./delta_template.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asList, asRecord, type JsonRecord, parseJson } from "./json_access.ts";
import { fromLlamaApi } from "./llama_api_answer.ts";
import { ChatChoice } from "./openai_chat_choice.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { addDocumentCost, decodeOpenAiUsage } from "./openai_usage.ts";

/** Keys whose values change from chunk to chunk and that the reader does not read after the first chunk. */
const IGNORED_KEYS = ["created", "obfuscation", "p"] as const;

type Field = "content" | "reasoning_content" | "reasoning" | "arguments";

/** What a chunk means that fits a template: one more piece of one field of one choice. */
interface Meaning {
  readonly choice: ChatChoice;
  readonly field: Field;
  /** Index of the tool call, with `arguments`. */
  readonly callIndex: number;
}

/** Template specs by field; the reader of a piece looks where the decoder would. */
const SPECS: Readonly<Record<Field, TemplateSpec>> = {
  content: toSpec("content", (delta) => delta.content),
  reasoning_content: toSpec("reasoning_content", (delta) => delta.reasoning_content),
  reasoning: toSpec("reasoning", (delta) => delta.reasoning),
  arguments: toSpec("arguments", (delta) => asRecord(asRecord(asList(delta.tool_calls)[0])?.function)?.arguments),
};

/**
 * Reads the answer of a chat completion, or of a completion (`choices[].text`): one JSON document, or chunks. Chunks that carry one piece of text and nothing else are
 * taken by template (see `delta_template.ts`), all others are parsed.
 */
export class ChatReader implements ResponseReader {
  readonly #quirks: readonly string[];
  readonly #status: number;
  readonly #wantsDelta: boolean;
  readonly #isEventStream: boolean;
  readonly #choices: ChatChoice[] = [];
  readonly #scanner = new DeltaScanner<Meaning>();
  #id: string | undefined;
  #model: string | undefined;
  #usage: Usage | undefined;
  #error: ModelError | undefined;
  #serviceTier: string | undefined;
  #isStream = false;
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#quirks = context.quirks;
    this.#status = context.response.status;
    this.#wantsDelta = context.wantsDelta;
    this.#isEventStream = context.response.contentType.includes("event-stream");
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const text = message.text;
    const meaning = this.#scanner.scan(text);
    if (meaning !== undefined) return this.#takePiece(meaning, this.#scanner.piece);
    if (text === "[DONE]" || text === " [DONE]") {
      this.hasEnded = true;
      return "end";
    }
    return this.#takeJson(parseJson(text), text);
  }

  gap(): void {
    for (const choice of this.#choices) choice.gap();
  }

  finish(isComplete: boolean): ModelResponse {
    const response: ModelResponse = { choices: this.#choices.map((choice) => choice.finish(isComplete)) };
    if (this.#id !== undefined) response.requestId = this.#id;
    if (this.#model !== undefined) response.model = this.#model;
    if (this.#usage !== undefined) response.usage = this.#usage;
    if (this.#error !== undefined) response.error = this.#error;
    if (this.#serviceTier !== undefined) response.serviceTier = this.#serviceTier;
    for (const choice of this.#choices) {
      const results = choice.serverResults;
      if (results.length > 0) (response.toolResults ??= []).push(...results);
    }
    return response;
  }

  #takePiece(meaning: Meaning, piece: string): "token" | "meta" | StreamDelta {
    const { choice, field } = meaning;
    if (field === "content") choice.content = choice.content === undefined ? piece : choice.content + piece;
    else if (field === "arguments") choice.addArguments(meaning.callIndex, piece);
    else if (piece !== "") choice.reasoning = choice.reasoning === undefined ? piece : choice.reasoning + piece;
    if (piece === "") return "meta";
    if (!this.#wantsDelta || field === "arguments") return "token";
    return field === "content" ? { content: piece } : { reasoning: piece };
  }

  #takeJson(json: unknown, text: string): "token" | "meta" | StreamDelta {
    const record = asRecord(json);
    this.#takeError(json, record);
    if (record === undefined) return "meta";
    this.#id ??= asFilledText(record.id);
    this.#model ??= asFilledText(record.model);
    this.#serviceTier ??= asFilledText(record.service_tier);
    // Groq and Moonshot have places of their own for it.
    const usage = record.usage ?? asRecord(record.x_groq)?.usage ?? asRecord(asList(record.choices)[0])?.usage;
    if (usage) {
      this.#usage = addDocumentCost(decodeOpenAiUsage(usage, this.#quirks), record) ?? this.#usage;
      // Mistral names the tier among the counts; the last one counts.
      this.#serviceTier = asFilledText(asRecord(usage)?.service_tier) ?? this.#serviceTier;
    }
    let result: "token" | "meta" | StreamDelta = "meta";
    if (record.choices === undefined) {
      const own = fromLlamaApi(record);
      if (own !== undefined) return this.#takeJson(own, "");
    }
    const list = asList(record.choices);
    for (let i = 0; i < list.length; i++) {
      const choice = asRecord(list[i]);
      if (choice === undefined) continue;
      const found = this.#takeChoice(choice, i);
      if (found !== "meta") result = found;
    }
    if (this.#isStream && list.length === 1 && !usage) this.#learn(record, text);
    return result;
  }

  #takeError(json: unknown, record: JsonRecord | undefined): void {
    if (record !== undefined && record.error === undefined && record.choices !== undefined) return;
    const error = decodeOpenAiError(json) ?? (this.#status >= 400 ? decodeBareError(json) : undefined);
    if (error !== undefined) this.#error = error;
  }

  #takeChoice(json: JsonRecord, position: number): "token" | "meta" | StreamDelta {
    const choice = this.#findChoice(asCount(json.index) ?? position);
    // Some models on Bedrock have `stop_reason` alone; beside the other it is the text that ended the answer.
    const reason = asFilledText(json.finish_reason) ??
      (json.finish_reason === undefined ? asFilledText(json.stop_reason) : undefined);
    if (reason !== undefined) choice.rawFinishReason = reason;
    const delta = asRecord(json.delta);
    // Some vendors send both: in a stream the message repeats all deltas so far, elsewhere the delta is empty.
    if (delta === undefined || (!this.#isEventStream && asRecord(json.message) !== undefined)) {
      return this.#takeWhole(choice, json);
    }
    if (!this.#isStream) {
      this.#isStream = true;
      this.hasEnded ??= false;
    }
    const hadRole = choice.role !== undefined;
    const hasOutput = choice.takeDelta(delta);
    if (!hasOutput) return "meta";
    return this.#wantsDelta ? toStreamDelta(delta, hadRole) ?? "token" : "token";
  }

  #takeWhole(choice: ChatChoice, json: JsonRecord): "token" | "meta" | StreamDelta {
    const message = asRecord(json.message);
    const { text } = json;
    if (message !== undefined) choice.takeMessage(message);
    else if (typeof text === "string") choice.content = (choice.content ?? "") + text;
    if (message === undefined && !text) return "meta";
    return this.#wantsDelta && message === undefined && typeof text === "string" ? { content: text } : "token";
  }

  #findChoice(index: number): ChatChoice {
    for (const choice of this.#choices) if (choice.index === index) return choice;
    const choice = new ChatChoice(index);
    if (this.#choices.length < 128) this.#choices.push(choice);
    return choice;
  }

  /** Learns the shape of a chunk that carried one piece and nothing else that counts. */
  #learn(record: JsonRecord, text: string): void {
    const json = asRecord(asList(record.choices)[0]);
    const delta = asRecord(json?.delta);
    if (json === undefined || delta === undefined || json.finish_reason || record.error) return;
    const field = findPieceField(delta);
    if (field === undefined) return;
    const choice = this.#findChoice(asCount(json.index) ?? 0);
    const callIndex = field === "arguments" ? asCount(asRecord(asList(delta.tool_calls)[0])?.index) : -1;
    if (callIndex === undefined) return;
    this.#scanner.learn(text, `${field} ${choice.index} ${callIndex}`, SPECS[field], { choice, field, callIndex });
  }
}

/** The only field of a delta that carries output; undefined when there are several, or others than those templates know. */
function findPieceField(delta: JsonRecord): Field | undefined {
  let found: Field | undefined;
  for (const key in delta) {
    const value = delta[key];
    if (key === "role" || isNothing(value)) continue;
    if (found !== undefined) return undefined;
    found = toField(key, value);
    if (found === undefined) return undefined;
  }
  return found;
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function toField(key: string, value: unknown): Field | undefined {
  if (key === "tool_calls") return isArgumentFragment(value) ? "arguments" : undefined;
  if (key !== "content" && key !== "reasoning_content" && key !== "reasoning") return undefined;
  return typeof value === "string" ? key : undefined;
}

/** A fragment that only adds argument text to a call already known by its index. */
function isArgumentFragment(value: unknown): boolean {
  const list = asList(value);
  const call = asRecord(list[0]);
  const body = asRecord(call?.function);
  if (list.length !== 1 || call === undefined || body === undefined || call.custom !== undefined) return false;
  return asCount(call.index) !== undefined && !body.name && typeof body.arguments === "string";
}

function toSpec(pieceKey: string, read: (delta: JsonRecord) => unknown): TemplateSpec {
  return {
    pieceKey,
    ignoredKeys: IGNORED_KEYS,
    read: (json) => {
      const delta = asRecord(asRecord(asList(asRecord(json)?.choices)[0])?.delta);
      return delta === undefined ? undefined : read(delta);
    },
  };
}

/** Undefined for a delta that has nothing to show by itself, such as a fragment of arguments. A role is shown once. */
function toStreamDelta(delta: JsonRecord, hadRole: boolean): StreamDelta | undefined {
  const piece = new ChatChoice(0);
  piece.takeDelta(delta);
  const { content, reasoning, toolCalls } = piece.finish(false).message;
  if (!content && !reasoning && !toolCalls) return undefined;
  return {
    ...(!hadRole && piece.role !== undefined && { role: piece.role }),
    ...(content && { content }),
    ...(reasoning && { reasoning }),
    ...(toolCalls && { toolCalls }),
  };
}
