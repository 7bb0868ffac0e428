/**
 * Vercel AI Gateway as the AI SDK calls it: the SDK's own call options in, its own content or stream parts out. The model and
 * whether the answer streams stand in headers.
 *
 * @see https://www.npmjs.com/package/@ai-sdk/gateway and the types of https://www.npmjs.com/package/@ai-sdk/provider (read 2026-11-21)
 */
import type { Message, ModelRequest, RequestType, ToolDefinition, ToolResult } from "../../model/model_call.ts";
import { createAiSdkReader } from "./ai_sdk_gateway_reader.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

const TYPE_BY_PATH: Readonly<Record<string, RequestType>> = {
  "ai/language-model": "chat",
  "ai/embedding-model": "embedding",
  "ai/image-model": "image",
  "ai/reranking-model": "rerank",
  "ai/speech-model": "audio",
  "ai/transcription-model": "audio",
};

/** Vercel AI Gateway, native. */
export const aiSdkGateway: Dialect = {
  id: "ai_sdk_gateway",
  summary: "Vercel AI Gateway as the AI SDK calls it",
  stability: "experimental",
  docsUrl: "https://www.npmjs.com/package/@ai-sdk/gateway",
  matchHead: (head) => (head.method === "POST" && findType(head) !== undefined ? 0.9 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: (head) => findType(head) ?? "chat",
  decodeRequest,
  createReader: createAiSdkReader,
};

function findType(head: RequestHead): RequestType | undefined {
  const end = Object.keys(TYPE_BY_PATH).find((path) => hasPathEnd(head.path, path));
  return end === undefined ? undefined : TYPE_BY_PATH[end];
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const type = findType(view) ?? "chat";
  const messages = asRecords(json["prompt"]).map(toMessage);
  const isChat = type === "chat" && Array.isArray(json["prompt"]);
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content).join("\n");
  const inputs = json["values"];
  return compact<ModelRequest>({
    requestType: type,
    model: asFilledText(view.headers.get("ai-language-model-id")) ?? asFilledText(view.headers.get("ai-model-id")),
    isStreaming: view.headers.get("ai-language-model-streaming") === "true",
    messages: isChat ? messages : toPrompt(json),
    messageCount: isChat ? messages.filter(({ role }) => role !== "system").length : undefined,
    systemPrompt: system === "" ? undefined : system,
    tools: asRecords(json["tools"]).map(toTool),
    toolChoice: toToolChoice(asRecord(json["toolChoice"])),
    parameters: readParameters(json),
    inputCount: Array.isArray(inputs) ? inputs.length : undefined,
  });
}

function toPrompt(json: JsonRecord): Message[] {
  const text = asText(json["prompt"]) ?? asText(json["text"]);
  return text === undefined ? [] : [{ role: "user", content: text }];
}

function toMessage(json: JsonRecord): Message {
  const message: Message = { role: asFilledText(json["role"]) ?? "user" };
  const { content } = json;
  if (typeof content === "string") message.content = content;
  else for (const part of asRecords(content)) addPart(message, part);
  return message;
}

function addPart(message: Message, part: JsonRecord): void {
  const type = asText(part["type"]);
  const text = asText(part["text"]);
  if (type === "text" && text !== undefined) message.content = join(message.content, text);
  else if (type === "reasoning" && text !== undefined) message.reasoning = join(message.reasoning, text);
  else if (type === "tool-call") {
    (message.toolCalls ??= []).push(compact({
      id: asFilledText(part["toolCallId"]),
      name: asText(part["toolName"]) ?? "",
      type: "function",
      arguments: part["input"] ?? part["args"],
      isServerSide: part["providerExecuted"] === true ? true : undefined,
    }));
  } else if (type === "tool-result") (message.toolResults ??= []).push(toResult(part));
  else if (type === "file") {
    const mediaType = asText(part["mediaType"]) ?? "";
    if (mediaType.startsWith("image/")) message.imageCount = (message.imageCount ?? 0) + 1;
    else if (mediaType.startsWith("audio/")) message.audioCount = (message.audioCount ?? 0) + 1;
    else message.fileCount = (message.fileCount ?? 0) + 1;
  }
}

function join(known: string | undefined, text: string): string {
  return known === undefined ? text : `${known}\n${text}`;
}

function toResult(part: JsonRecord): ToolResult {
  const output = asRecord(part["output"]);
  const value = output?.["value"] ?? output?.["reason"];
  return compact<ToolResult>({
    callId: asFilledText(part["toolCallId"]),
    name: asFilledText(part["toolName"]),
    content: value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value),
    isError: /^(?:error-|execution-denied)/.test(asText(output?.["type"]) ?? "") ? true : undefined,
  });
}

function toTool(tool: JsonRecord): ToolDefinition {
  const type = asFilledText(tool["type"]) ?? "function";
  return compact<ToolDefinition>({
    name: asFilledText(tool["name"]),
    type: type === "function" ? type : asFilledText(tool["id"]) ?? type,
    description: asFilledText(tool["description"]),
  });
}

function toToolChoice(choice: JsonRecord | undefined): string | undefined {
  return asFilledText(choice?.["toolName"]) ?? asFilledText(choice?.["type"]);
}

function readParameters(json: JsonRecord): Record<string, unknown> {
  const stop = asList(json["stopSequences"]);
  return compact<Record<string, unknown>>({
    temperature: json["temperature"] ?? undefined,
    top_p: json["topP"] ?? undefined,
    top_k: json["topK"] ?? undefined,
    max_tokens: json["maxOutputTokens"] ?? undefined,
    presence_penalty: json["presencePenalty"] ?? undefined,
    frequency_penalty: json["frequencyPenalty"] ?? undefined,
    stop: stop.length === 0 ? undefined : stop,
    seed: json["seed"] ?? undefined,
    response_format: asFilledText(asRecord(json["responseFormat"])?.["type"]),
  });
}
