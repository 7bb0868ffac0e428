/**
 * Clarifai's own prediction API: inputs of texts, pictures or sound in, one output for each; the path names the model, or the
 * workflow of several.
 *
 * @see https://docs.clarifai.com/resources/api-overview/api-outputs and the vendor's gRPC client (read 2026-11-21)
 */
import type { Message, ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";

const PATH =
  /\/v2\/(?:users\/[^/]+\/apps\/[^/]+\/)?(models|workflows)\/([^/]+)\/(?:versions\/[^/]+\/)?(?:outputs|results)$/;

/** Everything went well, or some of it. */
const SUCCESS: ReadonlySet<unknown> = new Set([10000, 10010]);

/** Clarifai. */
export const clarifai: Dialect = {
  id: "clarifai",
  summary: "Clarifai's predictions: inputs, texts, vectors, counts",
  stability: "experimental",
  docsUrl: "https://docs.clarifai.com/resources/api-overview/api-outputs",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.7 : 0),
  matchBody: (json, head) => (PATH.test(head.path) && Array.isArray(json["inputs"]) ? 0.85 : 0),
  matchAnswer: (json) =>
    typeof asRecord(json?.["status"])?.["code"] === "number" &&
      asRecord(asRecord(asList(json?.["outputs"])[0])?.["data"]) !== undefined
      ? 0.8
      : 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readOutputs),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined || !Array.isArray(json["inputs"])) return undefined;
  const [, kind, name] = PATH.exec(view.path) ?? [];
  const version = asRecord(asRecord(json["model"])?.["model_version"]);
  const params = asRecord(asRecord(version?.["output_info"])?.["params"]);
  return compact<ModelRequest>({
    requestType: "other",
    model: kind === "models" ? name : undefined,
    isStreaming: false,
    messages: asRecords(json["inputs"]).map(readInput),
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: params?.["temperature"],
      top_p: params?.["top_p"],
      top_k: params?.["top_k"],
      max_tokens: params?.["max_tokens"],
    }),
    inputCount: json["inputs"].length,
  });
}

function readInput(input: JsonRecord): Message {
  const data = asRecord(input["data"]);
  const isThere = (name: string) => asRecord(data?.[name]) === undefined ? undefined : 1;
  return compact<Message>({
    role: "user",
    content: asText(asRecord(data?.["text"])?.["raw"]),
    imageCount: isThere("image"),
    audioCount: isThere("audio"),
    fileCount: isThere("video"),
  });
}

function readOutputs(json: JsonRecord): Partial<ModelResponse> {
  const status = asRecord(json["status"]);
  const workflow = asRecords(json["results"]).flatMap((result) => asRecords(result["outputs"]));
  const outputs = Array.isArray(json["outputs"]) ? asRecords(json["outputs"]) : workflow;
  const data = outputs.map((output) => asRecord(output["data"]));
  const texts = data.flatMap((entry) => asText(asRecord(entry?.["text"])?.["raw"]) ?? []);
  const vectors = data.flatMap((entry) => asRecords(entry?.["embeddings"]));
  const [first] = vectors;
  const pictures = data.filter((entry) => asRecord(entry?.["image"]) !== undefined).length;
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(status?.["req_id"]),
    choices: texts.length === 0
      ? undefined
      : texts.map((content, index) => ({ index, message: { role: "assistant", content } })),
    embedding: first === undefined
      ? undefined
      : compact({ count: vectors.length, dimensions: asCount(first["num_dimensions"]) ?? countOf(first["vector"]) }),
    outputCount: pictures > 0 ? pictures : undefined,
    usage: readUsage(outputs),
    error: readError(status),
  });
}

function countOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function readUsage(outputs: readonly JsonRecord[]): Usage | undefined {
  const inputTokens = sumCounts(...outputs.map((output) => toCount(output["prompt_tokens"])));
  const outputTokens = sumCounts(...outputs.map((output) => toCount(output["completion_tokens"])));
  if (!inputTokens && !outputTokens) return undefined;
  const cachedTokens = sumCounts(...outputs.map((output) => toCount(output["cached_tokens"])));
  return compact<Usage>({
    inputTokens,
    outputTokens,
    cachedTokens,
    totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
  });
}

/** Long numbers are texts in the JSON of protocol buffers. */
function toCount(value: unknown): number | undefined {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : asCount(value);
}

function readError(status: JsonRecord | undefined): ModelError | undefined {
  const code = status?.["code"];
  if (typeof code !== "number" || SUCCESS.has(code)) return undefined;
  const message = asFilledText(status?.["details"]) ?? asFilledText(status?.["description"]);
  return compact<ModelError>({ code: String(code), message });
}
