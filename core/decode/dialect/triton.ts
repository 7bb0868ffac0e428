/**
 * Triton's generate extension, as TensorRT-LLM serves it: a text input in, a text output out. The model stands in the path.
 *
 * @see https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";

const PATH = /\/v2\/models\/([^/]+)(?:\/versions\/[^/]+)?\/(generate|generate_stream)$/;

/** Triton's generate. */
export const triton: Dialect = {
  id: "triton",
  summary: "NVIDIA Triton's generate and generate_stream",
  stability: "experimental",
  docsUrl: "https://docs.nvidia.com/deeplearning/triton-inference-server",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.9 : 0),
  matchBody: (json) => (typeof json["text_input"] === "string" ? 0.6 : 0),
  matchAnswer: (json) => typeof json?.["text_output"] === "string" && typeof json["model_name"] === "string" ? 0.9 : 0,
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => createPieceReader(context, readPiece),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const text = asText(json?.["text_input"]);
  if (json === undefined || text === undefined) return undefined;
  // Parameters stand beside the text, or under a member of their own.
  const settings = { ...json, ...asRecord(json["parameters"]) };
  const found = PATH.exec(view.path);
  return compact<ModelRequest>({
    requestType: "completion",
    model: asFilledText(found?.[1]),
    isStreaming: found?.[2] === "generate_stream" || settings["stream"] === true,
    messages: [{ role: "user", content: text }],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: settings["temperature"] ?? undefined,
      top_p: settings["top_p"] ?? undefined,
      top_k: settings["top_k"] ?? undefined,
      max_tokens: settings["max_tokens"] ?? undefined,
      seed: settings["random_seed"] ?? undefined,
    }),
  });
}

function readPiece(json: JsonRecord): Piece {
  return { text: asText(json["text_output"]), model: asFilledText(json["model_name"]) };
}
