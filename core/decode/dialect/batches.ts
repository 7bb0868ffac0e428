/**
 * Creation of batches, as OpenAI, Anthropic, Mistral and xAI offer it. Requests inside a batch body are counted, and the model is
 * named when they all name the same one; looking after a batch (GET, cancel) is no call.
 *
 * @see https://platform.openai.com/docs/api-reference/batch, https://docs.claude.com/en/api/creating-message-batches (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

const PATH_ENDS: readonly string[] = ["v1/batches", "messages/batches", "batch/jobs"];

/** Batches. */
export const batches: Dialect = {
  id: "batches",
  summary: "Creation of batches in the formats of OpenAI, Anthropic and Mistral",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/api-reference/batch",
  matchHead: (head) => (head.method === "POST" && PATH_ENDS.some((end) => hasPathEnd(head.path, end)) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: (json) => (json?.["object"] === "batch" || json?.["type"] === "message_batch" ? 0.9 : 0),
  requestType: () => "batch",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readBatch),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  return compact<ModelRequest>({
    requestType: "batch",
    model: asFilledText(json["model"]) ?? findCommonModel(json["requests"]),
    isStreaming: false,
    messages: [],
    inputCount: Array.isArray(json["requests"]) ? json["requests"].length : undefined,
    tools: [],
    parameters: compact<Record<string, unknown>>({
      endpoint: asFilledText(json["endpoint"]),
      completion_window: asFilledText(json["completion_window"]),
    }),
  });
}

function findCommonModel(requests: unknown): string | undefined {
  const models = new Set(
    asRecords(requests).map((request) =>
      asFilledText((asRecord(request["params"]) ?? asRecord(request["body"]))?.["model"])
    ),
  );
  const [model] = models;
  return models.size === 1 ? model : undefined;
}

function readBatch(json: JsonRecord): Partial<ModelResponse> {
  return compact<Partial<ModelResponse>>({ requestId: asFilledText(json["id"]), model: asFilledText(json["model"]) });
}
