/**
 * Oracle's OCI Generative AI: chat in the formats of OpenAI (`GENERIC`) and Cohere (`COHERE`, `COHEREV2`) with their names in camel
 * case and roles in capitals, texts, embeddings, ranks and summaries.
 *
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/ and the vendor's Python client (read 2026-11-21)
 */
import type { Message, ModelRequest, RequestType } from "../../model/model_call.ts";
import { cohereChat } from "./cohere_chat.ts";
import { createDocumentReader } from "./document_reader.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { readOciMessage, toSnakeCase } from "./oci_message.ts";
import { createOciReader, readOciDocument } from "./oci_reader.ts";
import { openaiChat } from "./openai_chat.ts";

const PATH = /\/20231130\/actions\/(chat|generateText|summarizeText|embedText|rerankText)$/;

const TYPE_BY_ACTION: Readonly<Record<string, RequestType>> = {
  chat: "chat",
  generateText: "completion",
  summarizeText: "completion",
  embedText: "embedding",
  rerankText: "rerank",
};

/** Parameters whose common name neither format knows them by. */
const OWN_NAMES = [["numGenerations", "n"], ["topP", "top_p"], ["topK", "top_k"]] as const;

/** OCI Generative AI. */
export const oci: Dialect = {
  id: "oci",
  summary: "OCI Generative AI: chat in its generic and Cohere formats, texts, embeddings, ranks, summaries",
  stability: "experimental",
  docsUrl: "https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.95 : 0),
  matchBody: (json) =>
    asRecord(json["servingMode"]) !== undefined && typeof json["compartmentId"] === "string" ? 0.85 : 0,
  matchAnswer: (json) =>
    typeof json?.["modelId"] === "string" &&
      (asRecord(json["chatResponse"]) ?? asRecord(json["inferenceResponse"])) !== undefined
      ? 0.9
      : 0,
  requestType,
  decodeRequest,
  createReader: (context) => {
    const type = context.request?.requestType ?? requestType(context.head);
    const isText = type === "chat" || type === "completion";
    return isText ? createOciReader(context) : createDocumentReader(context, readOciDocument);
  },
};

function requestType(head: RequestHead): RequestType {
  return TYPE_BY_ACTION[PATH.exec(head.path)?.[1] ?? ""] ?? "chat";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const model = asFilledText(asRecord(json["servingMode"])?.["modelId"]);
  const chat = asRecord(json["chatRequest"]);
  const request = chat === undefined ? decodeOther(view, json) : decodeChat(view, chat);
  if (request === undefined) return undefined;
  // A dedicated endpoint has an id, which is no model.
  if (model === undefined) delete request.model;
  else request.model = model;
  return request;
}

function decodeChat(view: RequestView, chat: JsonRecord): ModelRequest | undefined {
  const format = asText(chat["apiFormat"]);
  const json = { ...toSnakeCase(chat), stream: chat["isStream"] === true };
  if (format === "COHERE") {
    const history = asRecords(chat["chatHistory"]).map(toSnakeCase);
    const tools = asRecords(chat["tools"]).map(toSnakeCase);
    return withNames(cohereChat.decodeRequest({ ...view, json: { ...json, chat_history: history, tools } }), chat);
  }
  const messages = asRecords(chat["messages"]).map(readOciMessage);
  const tools = asRecords(chat["tools"]).map((tool) => ({
    type: "function",
    function: asRecord(tool["function"]) ?? { name: tool["name"], description: tool["description"] },
  }));
  const request = openaiChat.decodeRequest({
    ...view,
    json: { ...json, messages: [{}], tools, tool_choice: undefined },
  });
  if (request === undefined) return undefined;
  return withNames(withMessages(request, messages), chat);
}

function withMessages(request: ModelRequest, messages: Message[]): ModelRequest {
  const isSystem = ({ role }: Message) => role === "system" || role === "developer";
  const texts = messages.filter(isSystem).flatMap(({ content }) => content ?? []);
  return compact<ModelRequest>({
    ...request,
    messages,
    messageCount: messages.filter((message) => !isSystem(message)).length,
    systemPrompt: texts.length === 0 ? undefined : texts.join("\n"),
  });
}

/** What has a name of its own here. */
function withNames(request: ModelRequest | undefined, chat: JsonRecord): ModelRequest | undefined {
  if (request === undefined) return undefined;
  const choice = asRecord(chat["toolChoice"]);
  const toolChoice = asFilledText(choice?.["name"]) ?? asFilledText(choice?.["type"]) ??
    asFilledText(chat["toolsChoice"]);
  if (toolChoice !== undefined) {
    request.toolChoice = choice?.["name"] === undefined ? toolChoice.toLowerCase() : toolChoice;
  }
  for (const [wire, name] of OWN_NAMES) {
    if (chat[wire] !== undefined && chat[wire] !== null) request.parameters[name] ??= chat[wire];
  }
  const effort = request.parameters["reasoning_effort"];
  if (typeof effort === "string") request.parameters["reasoning_effort"] = effort.toLowerCase();
  return request;
}

function decodeOther(view: RequestView, json: JsonRecord): ModelRequest {
  const inference = asRecord(json["inferenceRequest"]);
  const type = inference === undefined ? requestType(view) : "completion";
  const text = asText(inference?.["prompt"]) ?? asText(json["input"]);
  const inputs = json["inputs"] ?? json["embedContents"] ?? json["documents"];
  return compact<ModelRequest>({
    requestType: type,
    isStreaming: inference?.["isStream"] === true,
    messages: text === undefined ? [] : [{ role: "user", content: text }],
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: inference?.["temperature"] ?? json["temperature"],
      top_p: inference?.["topP"],
      top_k: inference?.["topK"],
      max_tokens: inference?.["maxTokens"],
      stop: inference?.["stop"] ?? inference?.["stopSequences"],
      n: inference?.["numGenerations"] ?? json["topN"],
      dimensions: json["outputDimensions"],
    }),
    inputCount: Array.isArray(inputs) ? asList(inputs).length : undefined,
  });
}
