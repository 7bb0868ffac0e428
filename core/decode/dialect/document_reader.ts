/**
 * Reader of formats whose answer is one JSON document, with an optional stream of events of which only the last one matters.
 */
import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { type JsonRecord, parseRecord } from "./json_access.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";

/** What a format reads out of each document or event: facts to lay over those read before. */
export type DocumentMapping = (json: JsonRecord, context: ResponseContext) => Partial<ModelResponse>;

/**
 * Creates a reader that merges what the mapping gives; error documents are read in every common form. With `hasOwnErrors` a document
 * whose status is no error is the mapping's alone, even with a member `error`: failed work is more than an error.
 */
export function createDocumentReader(
  context: ResponseContext,
  mapping: DocumentMapping,
  options: DocumentOptions = {},
): ResponseReader {
  return new DocumentReader(context, mapping, options);
}

/** What a format of documents has besides its mapping. */
export interface DocumentOptions {
  readonly hasOwnErrors?: boolean;
  /** What a body that is plain text says. */
  readonly readText?: (text: string) => Partial<ModelResponse>;
  /** Whether an event is the last of its stream; undefined for what is no event. */
  readonly isLast?: (json: JsonRecord) => boolean | undefined;
}

class DocumentReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #mapping: DocumentMapping;
  readonly #options: DocumentOptions;
  #answer: ModelResponse = { choices: [] };
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext, mapping: DocumentMapping, options: DocumentOptions) {
    this.#context = context;
    this.#mapping = mapping;
    this.#options = options;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return this.#takeText(message.text);
    const error = this.#readError(json);
    if (error !== undefined) {
      this.#answer.error = error;
      return "meta";
    }
    const isLast = this.#options.isLast?.(json);
    if (isLast !== undefined) this.hasEnded = this.hasEnded === true || isLast;
    const before = this.#text;
    this.#answer = { ...this.#answer, ...this.#mapping(json, this.#context) };
    if (!this.#context.wantsDelta) return "token";
    const text = this.#text;
    // Mappings of streams give all of the text so far.
    return text.length > before.length && text.startsWith(before) ? { content: text.slice(before.length) } : "token";
  }

  #takeText(text: string): "token" | "meta" {
    const { readText } = this.#options;
    const { status, contentType } = this.#context.response;
    if (readText === undefined || status >= 400 || !contentType.startsWith("text/plain")) return "meta";
    this.#answer = { ...this.#answer, ...readText(text) };
    return "token";
  }

  #readError(json: JsonRecord): ModelError | undefined {
    if (this.#context.response.status >= 400) return decodeOpenAiError(json) ?? decodeBareError(json);
    return this.#options.hasOwnErrors === true ? undefined : decodeOpenAiError(json);
  }

  get #text(): string {
    return this.#answer.choices[0]?.message.content ?? "";
  }

  finish(_isComplete: boolean): ModelResponse {
    return this.#answer;
  }
}
