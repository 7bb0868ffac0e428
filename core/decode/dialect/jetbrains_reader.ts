/** Reads the events of JetBrains AI: pieces of texts and calls by choice, why each ended, errors. */
import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { ChatChoice } from "./openai_chat_choice.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";

/** Most alternatives of one answer that are kept. */
const MAX_CHOICES = 64;

/** Creates the reader of one answer. */
export function createJetbrainsReader(context: ResponseContext): ResponseReader {
  return new JetbrainsReader(context);
}

class JetbrainsReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #choices = new Map<number, ChatChoice>();
  #error: ModelError | undefined;
  #isStream = false;
  #isOver = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#isStream ? this.#isOver : undefined;
  }

  message({ text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (text === "end") {
      this.#isOver = true;
      return "end";
    }
    const json = parseRecord(text);
    if (json === undefined) return "meta";
    if (this.#context.response.status >= 400) {
      this.#error = decodeOpenAiError(json) ?? decodeBareError(json);
      return "meta";
    }
    return this.#event(json);
  }

  gap(): void {
    for (const choice of this.#choices.values()) choice.gap();
  }

  finish(isComplete: boolean): ModelResponse {
    return compact<ModelResponse>({
      requestId: this.#context.response.headers.get("grazie-trace-id"),
      choices: [...this.#choices.values()].map((choice) => choice.finish(isComplete)),
      error: this.#error,
    });
  }

  #event(json: JsonRecord): "token" | "meta" | StreamDelta {
    const type = asText(json["type"]);
    if (json["event_type"] === "error") this.#error = compact<ModelError>({ message: asText(json["error_message"]) });
    if (json["event_type"] === "error" || type === undefined) return "meta";
    this.#isStream = true;
    if (type === "Content") return this.#piece(json, { content: asText(json["content"]) });
    if (type === "ToolCall") {
      return this.#piece(json, { tool_calls: [toCall(json, asCount(json["parallelToolIndex"]) ?? 0)] });
    }
    if (type === "FunctionCall") return this.#piece(json, { tool_calls: [toCall(json, 0)] });
    if (type === "FinishMetadata") {
      const choice = this.#choice(json);
      if (choice !== undefined) choice.rawFinishReason = asFilledText(json["reason"]) ?? choice.rawFinishReason;
    }
    return "meta";
  }

  #piece(json: JsonRecord, delta: JsonRecord): "token" | "meta" | StreamDelta {
    const hasOutput = this.#choice(json)?.takeDelta(compact<Record<string, unknown>>({ ...delta })) ?? false;
    if (!hasOutput) return "meta";
    const content = asFilledText(delta["content"]);
    return this.#context.wantsDelta ? compact<StreamDelta>({ content }) : "token";
  }

  #choice(json: JsonRecord): ChatChoice | undefined {
    const index = asCount(json["choiceIndex"]) ?? 0;
    const known = this.#choices.get(index);
    if (known !== undefined || this.#choices.size >= MAX_CHOICES) return known;
    const choice = new ChatChoice(index);
    this.#choices.set(index, choice);
    return choice;
  }
}

/** A piece of a call as chat completions have it: its id and name come once, its arguments in `content`. */
function toCall(json: JsonRecord, index: number): JsonRecord {
  const id = asFilledText(json["id"]);
  return compact<Record<string, unknown>>({
    index,
    id,
    type: "function",
    function: compact<Record<string, unknown>>({
      name: asFilledText(json["name"]),
      arguments: asText(json["content"]),
    }),
  });
}
