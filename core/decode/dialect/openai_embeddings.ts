import type { ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext, ResponseReader } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { findEngine } from "./openai_engine.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";

/** Parameters of embedding requests, under their own names. */
const PARAMETERS = ["dimensions", "encoding_format", "input_type", "output_dimension", "truncation"] as const;

const BYTES_PER_FLOAT = 4;

/**
 * OpenAI Embeddings, and the vendors that speak it (Mistral, Voyage, Jina, Together, OpenRouter).
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings (read 2026-08-20)
 */
export const openaiEmbeddings: Dialect = {
  id: "openai_embeddings",
  summary: "OpenAI Embeddings and everything that speaks it",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/embeddings",
  matchHead: (head) => head.method === "POST" && hasPathEnd(head.path, "embeddings") ? 0.85 : 0,
  matchBody,
  matchAnswer: (json) => asRecord(asList(json?.data)[0])?.embedding !== undefined ? 1 : 0,
  requestType: () => "embedding",
  decodeRequest,
  createReader: (context) => new EmbeddingsReader(context),
};

function matchBody(json: JsonRecord, head: RequestHead): number {
  if (head.method !== "POST" || json.input === undefined) return 0;
  if (["encoding_format", "dimensions", "input_type", "output_dimension"].some((key) => json[key] !== undefined)) {
    return 0.8;
  }
  return /embed/i.test(asText(json.model) ?? "") ? 0.8 : 0;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  // `prompt` is the older form of Ollama, on a path that others serve in the common form.
  const input = json?.input ?? asText(json?.prompt);
  if (json === undefined || input === undefined) return undefined;
  const request: ModelRequest = {
    requestType: "embedding",
    isStreaming: false,
    messages: [],
    tools: [],
    parameters: {},
  };
  const model = asFilledText(json.model) ?? findEngine(view.path);
  if (model !== undefined) request.model = model;
  const count = countInputs(input);
  if (count !== undefined) request.inputCount = count;
  for (const name of PARAMETERS) {
    if (json[name] !== undefined && json[name] !== null) request.parameters[name] = json[name];
  }
  return request;
}

/** A text or one list of token ids is one input; a list of texts, token lists or objects is as many as it is long. */
function countInputs(input: unknown): number | undefined {
  if (typeof input === "string") return 1;
  if (!Array.isArray(input)) return undefined;
  return typeof input[0] === "number" ? 1 : input.length;
}

class EmbeddingsReader implements ResponseReader {
  readonly #quirks: readonly string[];
  readonly #status: number;
  #json: JsonRecord | undefined;
  #error: ModelError | undefined;

  constructor(context: ResponseContext) {
    this.#quirks = context.quirks;
    this.#status = context.response.status;
  }

  message(message: BodyMessage): "token" | "meta" {
    const json = parseJson(message.text);
    this.#error = decodeOpenAiError(json) ?? (this.#status >= 400 ? decodeBareError(json) : undefined);
    this.#json = asRecord(json);
    return Array.isArray(this.#json?.data) || Array.isArray(this.#json?.embedding) ? "token" : "meta";
  }

  finish(): ModelResponse {
    const response: ModelResponse = { choices: [] };
    const json = this.#json;
    const id = asFilledText(json?.id);
    if (id !== undefined) response.requestId = id;
    const model = asFilledText(json?.model);
    if (model !== undefined) response.model = model;
    const usage = decodeOpenAiUsage(json?.usage, this.#quirks);
    if (usage !== undefined) response.usage = withInput(usage);
    if (this.#error !== undefined) response.error = this.#error;
    if (Array.isArray(json?.data)) response.embedding = toEmbeddingFacts(json.data);
    else if (Array.isArray(json?.embedding)) response.embedding = { count: 1, dimensions: json.embedding.length };
    return response;
  }
}

/** Some vendors state the total only; an embedding has no output, so all of it is input. */
function withInput(usage: Usage): Usage {
  if (usage.inputTokens !== undefined || usage.totalTokens === undefined || usage.outputTokens) return usage;
  return { ...usage, inputTokens: usage.totalTokens };
}

function toEmbeddingFacts(data: readonly unknown[]): NonNullable<ModelResponse["embedding"]> {
  const facts: NonNullable<ModelResponse["embedding"]> = { count: data.length };
  const first = asRecord(data[0])?.embedding;
  if (Array.isArray(first)) facts.dimensions = first.length;
  else if (typeof first === "string") {
    const dimensions = countBase64Bytes(first) / BYTES_PER_FLOAT;
    if (Number.isInteger(dimensions) && dimensions > 0) facts.dimensions = dimensions;
  }
  return facts;
}

function countBase64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor((text.length - padding) * 3 / 4);
}
