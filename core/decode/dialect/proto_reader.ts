import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { RequestView, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { type ProtoSchema, readProto } from "./protobuf.ts";

/** How a reader of protobuf answers differs. */
export interface ProtoReaderOptions {
  /** The method answers with a stream. */
  readonly isStream: boolean;
  /** Turns a message into the JSON the inner reader takes, where the names do not do. */
  readonly toJson?: (message: JsonRecord) => JsonRecord;
  /** Adds to the answer what only this format knows, in place. */
  readonly adjust?: (answer: ModelResponse) => void;
}

/** The request's message as JSON; undefined when it is not whole, too long, or none. */
export function readProtoRequest(view: RequestView, schema: ProtoSchema | undefined): JsonRecord | undefined {
  const bytes = view.messages.find((message) => message.name === "binary")?.bytes;
  if (bytes === undefined || schema === undefined) return undefined;
  return readProto(bytes, schema);
}

/** Reads answers in protobuf with the reader of the same API's JSON. */
export function createProtoReader(
  inner: ResponseReader,
  schema: ProtoSchema | undefined,
  options: ProtoReaderOptions,
): ResponseReader {
  return new ProtoReader(inner, schema, options);
}

class ProtoReader implements ResponseReader {
  readonly isStream: boolean;
  readonly #inner: ResponseReader;
  readonly #schema: ProtoSchema | undefined;
  readonly #toJson: (message: JsonRecord) => JsonRecord;
  readonly #adjust: ((answer: ModelResponse) => void) | undefined;
  #error: ModelError | undefined;

  constructor(inner: ResponseReader, schema: ProtoSchema | undefined, options: ProtoReaderOptions) {
    this.#inner = inner;
    this.#schema = schema;
    this.isStream = options.isStream;
    this.#toJson = options.toJson ?? ((message) => message);
    this.#adjust = options.adjust;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.name === "trailers") this.#error = readTrailers(message.text) ?? this.#error;
    if (message.name === "end_stream") this.#error = readEndStream(message.text) ?? this.#error;
    // An error of a unary Connect call is JSON.
    if (message.bytes === undefined) return message.name === undefined ? this.#inner.message(message) : "meta";
    const json = this.#schema === undefined ? undefined : readProto(message.bytes, this.#schema);
    return json === undefined ? "meta" : this.#inner.message({ text: JSON.stringify(this.#toJson(json)) });
  }

  finish(isComplete: boolean): ModelResponse {
    const answer = this.#inner.finish(isComplete);
    this.#adjust?.(answer);
    return this.#error === undefined ? answer : { ...answer, error: answer.error ?? this.#error };
  }
}

/** The trailers of gRPC-Web lie in the body, as lines. */
function readTrailers(text: string): ModelError | undefined {
  const fields = new Map(
    text.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const code = fields.get("grpc-status");
  if (code === undefined || code === "0") return undefined;
  return compact<ModelError>({ code, message: asFilledText(fields.get("grpc-message")) });
}

/** The last message of a Connect stream is JSON. */
function readEndStream(text: string): ModelError | undefined {
  const error = asRecord(parseRecord(text)?.["error"]);
  if (error === undefined) return undefined;
  return compact<ModelError>({ code: asFilledText(error["code"]), message: asFilledText(error["message"]) });
}
