import type { ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext, ResponseReader } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { findEngine } from "./openai_engine.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";
import { toWordTable } from "./word_table.ts";

/** Parameters of embedding requests, under their own names. */
const PARAMETERS = [
  "dimensions",
  "encoding_format",
  "input_type",
  "output_dimension",
  "output_dtype",
  "embedding_type",
  "truncation",
] as const;

/** Parameters that name the kind of the numbers, by vendor. */
const KINDS = ["output_dtype", "embedding_type", "encoding_format"] as const;

/** Paths of Voyage whose texts and pictures lie under `inputs`. */
const OF_VOYAGE = ["multimodalembeddings", "contextualizedembeddings"] as const;

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
  matchHead: (head) =>
    head.method === "POST" && (hasPathEnd(head.path, "embeddings") || isOfVoyage(head.path)) ? 0.85 : 0,
  matchBody,
  matchAnswer: (json) => asRecord(listVectors(json?.data)[0])?.embedding !== undefined ? 1 : 0,
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
  const input = json?.input ?? (isOfVoyage(view.path) ? json?.["inputs"] : undefined) ?? asText(json?.prompt);
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

function isOfVoyage(path: string): boolean {
  return OF_VOYAGE.some((name) => hasPathEnd(path, name));
}

/**
 * A text or one list of token ids is one input; a list of texts, token lists or objects is as many as it is long. Parts of documents
 * (lists of texts) count one by one.
 */
function countInputs(input: unknown): number | undefined {
  if (typeof input === "string") return 1;
  if (!Array.isArray(input)) return undefined;
  if (typeof asList(input[0])[0] === "string") return input.reduce((sum, parts) => sum + asList(parts).length, 0);
  return typeof input[0] === "number" ? 1 : input.length;
}

/** Vectors lie in a list, or in one list a document. */
function listVectors(data: unknown): readonly unknown[] {
  const list = asList(data);
  return Array.isArray(asRecord(list[0])?.data) ? list.flatMap((document) => asList(asRecord(document)?.data)) : list;
}

class EmbeddingsReader implements ResponseReader {
  readonly #quirks: readonly string[];
  readonly #status: number;
  readonly #kind: string | undefined;
  #json: JsonRecord | undefined;
  #error: ModelError | undefined;

  constructor(context: ResponseContext) {
    this.#quirks = context.quirks;
    this.#status = context.response.status;
    const stated = context.request?.parameters;
    this.#kind = KINDS.map((name) => asFilledText(stated?.[name])).find((kind) => kind !== undefined && kind in BITS);
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
    if (Array.isArray(json?.data)) response.embedding = toEmbeddingFacts(listVectors(json.data), this.#kind);
    else if (Array.isArray(json?.embedding)) response.embedding = { count: 1, dimensions: json.embedding.length };
    return response;
  }
}

/** Some vendors state the total only; an embedding has no output, so all of it is input. */
function withInput(usage: Usage): Usage {
  if (usage.inputTokens !== undefined || usage.totalTokens === undefined || usage.outputTokens) return usage;
  return { ...usage, inputTokens: usage.totalTokens };
}

/** Bits of one number in base64; of the last two kinds eight stand in one number of a list, too. */
const BITS = toWordTable<number>({ float: 32, int8: 8, uint8: 8, binary: 1, ubinary: 1 });

function toEmbeddingFacts(data: readonly unknown[], kind = "float"): NonNullable<ModelResponse["embedding"]> {
  const facts: NonNullable<ModelResponse["embedding"]> = { count: data.length };
  const first = asRecord(data[0])?.embedding;
  const bits = BITS[kind] ?? 32;
  if (Array.isArray(first)) facts.dimensions = bits === 1 ? first.length * 8 : first.length;
  else if (typeof first === "string") {
    const dimensions = countBase64Bytes(first) * 8 / bits;
    if (Number.isInteger(dimensions) && dimensions > 0) facts.dimensions = dimensions;
  }
  return facts;
}

function countBase64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor((text.length - padding) * 3 / 4);
}
