/**
 * Mistral OCR: a document in, pages of Markdown out. Pages are counted; their text is the answer.
 *
 * @see https://docs.mistral.ai/api/endpoint/ocr (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Mistral OCR. */
export const mistralOcr: Dialect = {
  id: "mistral_ocr",
  summary: "Mistral OCR",
  stability: "experimental",
  docsUrl: "https://docs.mistral.ai/api/endpoint/ocr",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "v1/ocr") ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readPages),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const hasDocument = asRecord(json["document"]) !== undefined;
  return compact<ModelRequest>({
    requestType: "other",
    model: asFilledText(json["model"]),
    isStreaming: false,
    messages: hasDocument ? [{ role: "user", fileCount: 1 }] : [],
    tools: [],
    parameters: {},
  });
}

function readPages(json: JsonRecord): Partial<ModelResponse> {
  const pages = asRecords(json["pages"]);
  const texts = pages.map((page) => asText(page["markdown"])).filter((text) => text !== undefined);
  return compact<Partial<ModelResponse>>({
    model: asFilledText(json["model"]),
    choices: texts.length === 0 ? undefined : [{ index: 0, message: { role: "assistant", content: texts.join("\n") } }],
    outputCount: pages.length === 0 ? undefined : pages.length,
  });
}
