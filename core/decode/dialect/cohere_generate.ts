/**
 * Cohere's older text generation: a prompt in, one or more texts out; also the Command models on Bedrock.
 *
 * @see https://docs.cohere.com/v1/reference/generate (read 2026-11-21)
 */
import type { Choice, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import { readCohereParameters, toCohereFinishReason, toCohereUsage } from "./cohere_facts.ts";
import type { Dialect, RequestView, ResponseReader } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { decodePromptRequest } from "./prompt_request.ts";

/** Cohere text generation. */
export const cohereGenerate: Dialect = {
  id: "cohere_generate",
  summary: "Cohere's older text generation",
  stability: "experimental",
  docsUrl: "https://docs.cohere.com/v1/reference/generate",
  matchHead: (head) =>
    head.method === "POST" && hasPathEnd(head.path, "generate") && head.host?.includes("cohere") ? 0.9 : 0,
  matchBody: () => 0,
  matchAnswer: (json) => (asText(asRecords(json?.["generations"])[0]?.["text"]) === undefined ? 0 : 0.9),
  requestType: () => "completion",
  decodeRequest,
  createReader: (context): ResponseReader => {
    // A stream brings pieces; its last event may repeat all of them.
    const pieces = new Map<number, Choice>();
    return createDocumentReader(context, (json) => readAnswer(json, pieces));
  },
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  return decodePromptRequest(view, (json) => ({ ...readCohereParameters(json), n: json["num_generations"] }));
}

function readAnswer(json: JsonRecord, pieces: Map<number, Choice>): Partial<ModelResponse> {
  const whole = asRecord(json["response"]) ?? json;
  const generations = asRecords(whole["generations"]);
  if (generations.length === 0) addPiece(json, pieces);
  generations.forEach((generation, position) => {
    const index = asCount(generation["index"]) ?? position;
    pieces.set(index, toChoice(index, asText(generation["text"]) ?? "", generation, json));
  });
  const choices = [...pieces.values()];
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(whole["id"]),
    choices: choices.length === 0 ? undefined : choices,
    usage: toCohereUsage(asRecord(whole["meta"]) ?? asRecord(json["meta"])),
  });
}

function addPiece(json: JsonRecord, pieces: Map<number, Choice>): void {
  const index = asCount(json["index"]) ?? 0;
  const text = asText(json["text"]);
  const known = pieces.get(index);
  if (text === undefined && known === undefined) return;
  pieces.set(index, toChoice(index, (known?.message.content ?? "") + (text ?? ""), json, json));
}

function toChoice(index: number, content: string, generation: JsonRecord, event: JsonRecord): Choice {
  const raw = asFilledText(generation["finish_reason"]) ?? asFilledText(event["finish_reason"]);
  return compact<Choice>({
    index,
    message: { role: "assistant", content },
    finishReason: toCohereFinishReason(raw),
    rawFinishReason: raw,
  });
}
