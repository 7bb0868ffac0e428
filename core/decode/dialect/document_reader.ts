/**
 * Reader of formats whose answer is one JSON document, with an optional stream of events of which only the last one matters.
 */
import type { ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { type JsonRecord, parseRecord } from "./json_access.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";

/** What a format reads out of each document or event: facts to lay over those read before. */
export type DocumentMapping = (json: JsonRecord, context: ResponseContext) => Partial<ModelResponse>;

/** Creates a reader that merges what the mapping gives; error documents are read in every common form. */
export function createDocumentReader(context: ResponseContext, mapping: DocumentMapping): ResponseReader {
  return new DocumentReader(context, mapping);
}

class DocumentReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #mapping: DocumentMapping;
  #answer: ModelResponse = { choices: [] };

  constructor(context: ResponseContext, mapping: DocumentMapping) {
    this.#context = context;
    this.#mapping = mapping;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const error = decodeOpenAiError(json) ?? (this.#context.response.status >= 400 ? decodeBareError(json) : undefined);
    if (error !== undefined) {
      this.#answer.error = error;
      return "meta";
    }
    const before = this.#text;
    this.#answer = { ...this.#answer, ...this.#mapping(json, this.#context) };
    if (!this.#context.wantsDelta) return "token";
    const text = this.#text;
    // Mappings of streams give all of the text so far.
    return text.length > before.length && text.startsWith(before) ? { content: text.slice(before.length) } : "token";
  }

  get #text(): string {
    return this.#answer.choices[0]?.message.content ?? "";
  }

  finish(_isComplete: boolean): ModelResponse {
    return this.#answer;
  }
}
