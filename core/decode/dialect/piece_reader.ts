/** Reader of plain formats: one text, whole or in pieces, with counts and a reason at its end. */
import type { Choice, FinishReason, Message, ModelError, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";

/** What one document or event says; later ones win, texts are joined. */
export interface Piece {
  readonly text?: string | undefined;
  /** The text is all there is so far, not what is new. */
  readonly isWhole?: boolean;
  readonly reasoning?: string | undefined;
  readonly finishReason?: FinishReason | undefined;
  readonly rawFinishReason?: string | undefined;
  readonly usage?: Usage | undefined;
  readonly model?: string | undefined;
  readonly requestId?: string | undefined;
  readonly error?: ModelError | undefined;
  /** This event is the format's own end mark. */
  readonly isEnd?: boolean;
}

/** Tells what a document or event says; undefined when it says nothing. */
export type PieceMapping = (json: JsonRecord, message: BodyMessage) => Piece | undefined;

/** Creates a reader of such a format; error documents are read in every common form. */
export function createPieceReader(context: ResponseContext, mapping: PieceMapping): ResponseReader {
  return new PieceReader(context, mapping);
}

class PieceReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #mapping: PieceMapping;
  readonly #message: Message = { role: "assistant" };
  #last: Piece = {};
  #error: ModelError | undefined;

  constructor(context: ResponseContext, mapping: PieceMapping) {
    this.#context = context;
    this.#mapping = mapping;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const error = decodeOpenAiError(json) ?? (this.#context.response.status >= 400 ? decodeBareError(json) : undefined);
    if (error !== undefined) {
      this.#error = error;
      return "meta";
    }
    const piece = this.#mapping(json, message);
    if (piece === undefined) return "meta";
    const { text, reasoning, ...facts } = piece;
    this.#last = { ...this.#last, ...compact<Piece>(facts) };
    const content = this.#add("content", text, piece.isWhole);
    const thought = this.#add("reasoning", reasoning, piece.isWhole);
    if (piece.isEnd) return "end";
    if (!content && !thought) return "meta";
    return this.#context.wantsDelta
      ? compact<StreamDelta>({ content: content || undefined, reasoning: thought || undefined })
      : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const { finishReason, rawFinishReason, usage, model, requestId, error } = this.#last;
    const hasMessage = this.#message.content !== undefined || this.#message.reasoning !== undefined ||
      finishReason !== undefined;
    const choice = compact<Choice>({ index: 0, message: this.#message, finishReason, rawFinishReason });
    return compact<ModelResponse>({
      requestId,
      model,
      choices: hasMessage ? [choice] : [],
      usage: usage === undefined || Object.keys(usage).length === 0 ? undefined : usage,
      error: this.#error ?? error,
    });
  }

  /** Adds a text; gives what was new. */
  #add(member: "content" | "reasoning", text: string | undefined, isWhole = false): string | undefined {
    if (text === undefined) return undefined;
    const known = this.#message[member] ?? "";
    const isNew = !isWhole || !text.startsWith(known);
    this.#message[member] = isWhole ? text : known + text;
    return isNew ? text : text.slice(known.length);
  }
}
