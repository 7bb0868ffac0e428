/**
 * AI21's older text completions (Jurassic): a prompt in, one or more texts with their tokens out; also on Bedrock.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jurassic2.html (read 2026-11-21)
 */
import type { Choice, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { decodePromptRequest } from "./prompt_request.ts";

const PATH = /\/studio\/v1\/([^/]+)\/complete$/;

/** AI21 text completions. */
export const ai21Complete: Dialect = {
  id: "ai21_complete",
  summary: "AI21's older text completions",
  stability: "experimental",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jurassic2.html",
  matchHead: (head) => (hasPathEnd(head.path, "complete") && head.method === "POST" && PATH.test(head.path) ? 0.9 : 0),
  matchBody: () => 0,
  matchAnswer: (json) => (asRecord(asRecord(asList(json?.["completions"])[0])?.["data"]) === undefined ? 0 : 0.9),
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readAnswer),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  return decodePromptRequest(view, readParameters, PATH.exec(view.path)?.[1]);
}

function readParameters(json: JsonRecord): Record<string, unknown> {
  return {
    temperature: json["temperature"],
    top_p: json["topP"],
    max_tokens: json["maxTokens"],
    stop: json["stopSequences"],
    n: json["numResults"],
    frequency_penalty: asRecord(json["frequencyPenalty"])?.["scale"],
    presence_penalty: asRecord(json["presencePenalty"])?.["scale"],
  };
}

function readAnswer(json: JsonRecord): Partial<ModelResponse> {
  const choices = asRecords(json["completions"]).map(readChoice);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    choices: choices.length === 0 ? undefined : choices,
  });
}

function readChoice(completion: JsonRecord, index: number): Choice {
  const raw = asFilledText(asRecord(completion["finishReason"])?.["reason"]);
  return compact<Choice>({
    index,
    message: { role: "assistant", content: asText(asRecord(completion["data"])?.["text"]) ?? "" },
    finishReason: raw === undefined ? undefined : toFinishReason(raw),
    rawFinishReason: raw,
  });
}
