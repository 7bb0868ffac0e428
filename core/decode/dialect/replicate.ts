/**
 * Replicate predictions: the model's own inputs under `input`, the output when it is ready.
 *
 * @see https://replicate.com/docs/reference/http (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

const MODEL_PATH = /\/v1\/(?:models|deployments)\/([^/]+\/[^/]+)\/predictions$/;

/** Replicate predictions. */
export const replicate: Dialect = {
  id: "replicate",
  summary: "Replicate predictions",
  stability: "experimental",
  docsUrl: "https://replicate.com/docs/reference/http",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (MODEL_PATH.test(head.path)) return 0.8;
    return head.path.endsWith("/v1/predictions") ? 0.6 : 0;
  },
  matchBody: (json) => (typeof json["version"] === "string" && asRecord(json["input"]) !== undefined ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && "urls" in json && "output" in json && "status" in json ? 0.8 : 0),
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readPrediction),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const input = asRecord(json?.["input"]);
  if (input === undefined) return undefined;
  const prompt = asText(input["prompt"]);
  return compact<ModelRequest>({
    requestType: "other",
    model: MODEL_PATH.exec(view.path)?.[1] ?? asFilledText(json?.["version"]),
    isStreaming: json?.["stream"] === true,
    messages: prompt === undefined ? [] : [{ role: "user", content: prompt }],
    systemPrompt: asFilledText(input["system_prompt"]),
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: input["temperature"],
      top_p: input["top_p"],
      max_tokens: input["max_tokens"] ?? input["max_new_tokens"],
    }),
  });
}

function readPrediction(json: JsonRecord): Partial<ModelResponse> {
  const { output } = json;
  const isText = Array.isArray(output) && output.length > 0 &&
    output.every((piece) => typeof piece === "string" && !/^(?:https?:|data:)/.test(piece));
  const error = asFilledText(json["error"]);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    model: asFilledText(json["model"]),
    choices: isText ? [{ index: 0, message: { role: "assistant", content: output.join("") } }] : undefined,
    outputCount: Array.isArray(output) && !isText ? output.length : undefined,
    usage: readUsage(asRecord(json["metrics"])),
    error: error === undefined ? undefined : { message: error },
  });
}

function readUsage(metrics: JsonRecord | undefined): Usage | undefined {
  const inputTokens = asCount(metrics?.["input_token_count"]);
  const outputTokens = asCount(metrics?.["output_token_count"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({ inputTokens, outputTokens });
}
