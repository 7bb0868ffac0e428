/**
 * Three older endpoints of OpenAI, which looked for documents before they asked a model: answers, classifications and search. The
 * vendor shut them down in 2022; recordings and servers that imitate it still have them.
 */
import type { ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { findEngine } from "./openai_engine.ts";
import { decodeParameters } from "./openai_options.ts";
import { hasPathEnd } from "./path_end.ts";

/** Enough only on a host whose row lists this format: the words are those of other services, too. */
const ONLY_WITH_HOST = 0.3;

/** OpenAI's answers, classifications and search. */
export const openaiAnswers: Dialect = {
  id: "openai_answers",
  summary: "Answers, classifications and search of OpenAI's older API",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/deprecations",
  matchHead: (head) => (head.method === "POST" && findType(head.path) !== undefined ? ONLY_WITH_HOST : 0),
  matchBody: () => 0,
  matchAnswer: (json) => {
    const isOne = json?.["object"] === "answer" || json?.["object"] === "classification";
    return isOne && asText(json["completion"])?.startsWith("cmpl-") === true ? 0.7 : 0;
  },
  requestType: (head) => findType(head.path) ?? "other",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readResult),
};

function findType(path: string): RequestType | undefined {
  if (hasPathEnd(path, "v1/answers")) return "completion";
  if (hasPathEnd(path, "v1/classifications")) return "other";
  return hasPathEnd(path, "search") && findEngine(path) !== undefined ? "rerank" : undefined;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const question = asText(json?.["question"]) ?? asText(json?.["query"]);
  if (json === undefined || question === undefined) return undefined;
  const documents = json["documents"];
  return compact<ModelRequest>({
    requestType: findType(view.path) ?? "other",
    model: asFilledText(json["model"]) ?? findEngine(view.path),
    isStreaming: false,
    messages: [{ role: "user", content: question }],
    inputCount: Array.isArray(documents) ? documents.length : undefined,
    tools: [],
    parameters: decodeParameters(json),
  });
}

function readResult(json: JsonRecord, { request }: ResponseContext): Partial<ModelResponse> {
  const label = asText(json["label"]);
  const texts = label === undefined ? asList(json["answers"]).filter((text) => typeof text === "string") : [label];
  const found = request?.requestType === "rerank" && Array.isArray(json["data"]) ? json["data"].length : undefined;
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["completion"]),
    model: asFilledText(json["model"]),
    choices: texts.map((content, index) => ({ index, message: { role: "assistant", content } })),
    outputCount: found,
  });
}
