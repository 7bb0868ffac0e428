/**
 * KoboldCpp's generate: a prompt in, results out, or tokens one by one.
 *
 * @see https://lite.koboldai.net/koboldcpp_api (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";

const PATH_ENDS = ["api/v1/generate", "api/latest/generate", "api/extra/generate/stream"] as const;

/** KoboldCpp. */
export const kobold: Dialect = {
  id: "kobold",
  summary: "KoboldCpp's generate",
  stability: "experimental",
  docsUrl: "https://lite.koboldai.net/koboldcpp_api",
  matchHead: (head) => (head.method === "POST" && PATH_ENDS.some((end) => hasPathEnd(head.path, end)) ? 0.6 : 0),
  matchBody: (json, head) =>
    typeof json["prompt"] === "string" && PATH_ENDS.some((end) => hasPathEnd(head.path, end)) ? 0.85 : 0,
  matchAnswer: (json) => (typeof asRecord(asList(json?.["results"])[0])?.["text"] === "string" ? 0.5 : 0),
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => createPieceReader(context, readPiece),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = asText(json?.["prompt"]);
  if (json === undefined || prompt === undefined) return undefined;
  return {
    requestType: "completion",
    isStreaming: hasPathEnd(view.path, "generate/stream"),
    messages: [{ role: "user", content: prompt }],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: json["temperature"] ?? undefined,
      top_p: json["top_p"] ?? undefined,
      top_k: json["top_k"] ?? undefined,
      max_tokens: json["max_length"] ?? undefined,
      stop: json["stop_sequence"] ?? undefined,
    }),
  };
}

function readPiece(json: JsonRecord): Piece {
  const result = asRecord(asList(json["results"])[0]) ?? json;
  const raw = asFilledText(result["finish_reason"]);
  const isOver = raw !== undefined && raw !== "null";
  return {
    text: asText(result["text"]) ?? asText(result["token"]),
    finishReason: isOver ? toFinishReason(raw) : undefined,
    rawFinishReason: isOver ? raw : undefined,
  };
}
