/**
 * Cloudflare Workers AI: messages or a prompt in, everything under `result` out. The model is the rest of the path.
 *
 * @see https://developers.cloudflare.com/workers-ai/get-started/rest-api (read 2026-11-21)
 */
import type { Message, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { addSystemFacts } from "./openai_chat.ts";
import { decodeOpenAiMessages } from "./openai_message.ts";
import { decodeOpenAiTools, decodeParameters } from "./openai_options.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";

const PATH = /\/ai\/run\/(@?[^?]+)$/;

/** Cloudflare Workers AI. */
export const cloudflareRun: Dialect = {
  id: "cloudflare_run",
  summary: "Cloudflare Workers AI run",
  stability: "experimental",
  docsUrl: "https://developers.cloudflare.com/workers-ai/get-started/rest-api",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType,
  decodeRequest,
  createReader: (context) => {
    let text: string | undefined;
    return createDocumentReader(context, (json) => {
      const result = asRecord(json["result"]) ?? json;
      const piece = asText(result["response"]);
      if (piece !== undefined) text = (text ?? "") + piece;
      return readResult(json, result, text, context.quirks);
    });
  },
};

function requestType(head: RequestHead): RequestType {
  const model = PATH.exec(head.path)?.[1] ?? "";
  if (/\/bge-|embed/.test(model)) return "embedding";
  if (/stable-diffusion|flux|dreamshaper/.test(model)) return "image";
  return /whisper|melotts|\baura/.test(model) ? "audio" : "chat";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const { text } = json;
  const type = requestType(view);
  const messages = readMessages(json);
  const request = compact<ModelRequest>({
    requestType: type,
    model: PATH.exec(view.path)?.[1],
    isStreaming: json["stream"] === true,
    messages,
    inputCount: type === "embedding" && text !== undefined ? (Array.isArray(text) ? text.length : 1) : undefined,
    tools: decodeOpenAiTools(json),
    parameters: decodeParameters(json),
  });
  if (Array.isArray(json["messages"])) addSystemFacts(request);
  return request;
}

function readMessages(json: JsonRecord): Message[] {
  if (Array.isArray(json["messages"])) return decodeOpenAiMessages(asRecords(json["messages"]));
  const prompt = asText(json["prompt"]);
  return prompt === undefined ? [] : [{ role: "user", content: prompt }];
}

function readResult(
  json: JsonRecord,
  result: JsonRecord,
  text: string | undefined,
  quirks: readonly string[],
): Partial<ModelResponse> {
  const failed = json["success"] === false ? asRecord(asList(json["errors"])[0]) : undefined;
  const vectors = asList(result["data"]);
  const first = vectors[0];
  const code = failed?.["code"];
  return compact<Partial<ModelResponse>>({
    choices: text === undefined ? undefined : [{ index: 0, message: { role: "assistant", content: text } }],
    embedding: Array.isArray(first) ? { count: vectors.length, dimensions: first.length } : undefined,
    usage: decodeOpenAiUsage(result["usage"], quirks),
    error: failed === undefined ? undefined : compact({
      code: typeof code === "number" ? String(code) : undefined,
      message: asFilledText(failed["message"]),
    }),
  });
}
