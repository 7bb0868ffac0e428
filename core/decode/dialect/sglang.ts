/**
 * SGLang's own generate: a text and sampling parameters in, the text and what it took out. Events of a stream repeat the text.
 *
 * @see https://docs.sglang.ai/basic_usage/native_api.html (read 2026-11-21)
 */
import type { FinishReason, ModelRequest } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";
import { toWordTable } from "./word_table.ts";

const REASONS = toWordTable<FinishReason>({ stop: "stop", length: "length", abort: "other" });

/** SGLang. */
export const sglang: Dialect = {
  id: "sglang",
  summary: "SGLang's own generate",
  stability: "experimental",
  docsUrl: "https://docs.sglang.ai/basic_usage/native_api.html",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "generate") ? 0.3 : 0),
  matchBody: (json) =>
    asRecord(json["sampling_params"]) !== undefined && (json["text"] !== undefined || json["input_ids"] !== undefined)
      ? 0.85
      : 0,
  matchAnswer: (json) =>
    typeof json?.["text"] === "string" && asRecord(json["meta_info"])?.["prompt_tokens"] !== undefined ? 0.9 : 0,
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => createPieceReader(context, readPiece),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const settings = asRecord(json?.["sampling_params"]);
  if (json === undefined || (json["text"] === undefined && json["input_ids"] === undefined)) return undefined;
  const text = asText(json["text"]);
  return {
    requestType: "completion",
    isStreaming: json["stream"] === true,
    messages: text === undefined ? [] : [{ role: "user", content: text }],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: settings?.["temperature"] ?? undefined,
      top_p: settings?.["top_p"] ?? undefined,
      top_k: settings?.["top_k"] ?? undefined,
      max_tokens: settings?.["max_new_tokens"] ?? undefined,
      stop: settings?.["stop"] ?? undefined,
    }),
  };
}

function readPiece(json: JsonRecord): Piece {
  const meta = asRecord(json["meta_info"]);
  const raw = asFilledText(asRecord(meta?.["finish_reason"])?.["type"]) ?? asFilledText(meta?.["finish_reason"]);
  const inputTokens = asCount(meta?.["prompt_tokens"]);
  const outputTokens = asCount(meta?.["completion_tokens"]);
  return {
    text: asText(json["text"]),
    isWhole: true,
    requestId: asFilledText(meta?.["id"]),
    finishReason: raw === undefined ? undefined : REASONS[raw] ?? "other",
    rawFinishReason: raw,
    usage: compact<Usage>({
      inputTokens,
      outputTokens,
      totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
      cachedTokens: asCount(meta?.["cached_tokens"]),
    }),
  };
}
