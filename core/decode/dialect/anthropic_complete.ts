/**
 * Anthropic's older text completions: a prompt in, a completion out.
 *
 * @see https://docs.claude.com/en/api/complete (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asFilledText, asText, type JsonRecord } from "./json_access.ts";
import { hasPathEnd } from "./path_end.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";
import { decodePromptRequest } from "./prompt_request.ts";

/** Anthropic's text completions. */
export const anthropicComplete: Dialect = {
  id: "anthropic_complete",
  summary: "Anthropic's older text completions",
  stability: "experimental",
  docsUrl: "https://docs.claude.com/en/api/complete",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "v1/complete") ? 0.5 : 0),
  matchBody: (json) => typeof json["prompt"] === "string" && typeof json["max_tokens_to_sample"] === "number" ? 0.9 : 0,
  matchAnswer: (json) => (json?.["type"] === "completion" && typeof json["completion"] === "string" ? 0.95 : 0),
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => createPieceReader(context, readPiece),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  return decodePromptRequest(view, readParameters);
}

function readParameters(json: JsonRecord): Record<string, unknown> {
  return {
    temperature: json["temperature"],
    top_p: json["top_p"],
    top_k: json["top_k"],
    max_tokens: json["max_tokens_to_sample"],
    stop: json["stop_sequences"],
  };
}

function readPiece(json: JsonRecord): Piece | undefined {
  if (json["type"] !== "completion") return undefined;
  const raw = asFilledText(json["stop_reason"]);
  return {
    text: asText(json["completion"]),
    model: asFilledText(json["model"]),
    requestId: asFilledText(json["id"]),
    finishReason: raw === undefined ? undefined : toFinishReason(raw),
    rawFinishReason: raw,
  };
}
