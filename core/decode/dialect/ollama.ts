/**
 * Ollama's own API: chat, generate, embed. Streaming is the default; answers are NDJSON whose last line has `done: true`.
 *
 * @see https://github.com/ollama/ollama/blob/main/docs/api.md (read 2026-11-21)
 */
import type {
  Message,
  ModelRequest,
  RequestType,
  ToolCall,
  ToolDefinition,
  ToolResult,
} from "../../model/model_call.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { readOllamaMessage } from "./ollama_message.ts";
import { createOllamaReader } from "./ollama_reader.ts";

const REQUEST_TYPES: Readonly<Record<string, RequestType>> = {
  "/api/chat": "chat",
  "/api/generate": "completion",
  "/api/embed": "embedding",
  "/api/embeddings": "embedding",
};

const OPTION_NAMES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  top_p: "top_p",
  top_k: "top_k",
  num_predict: "max_tokens",
  stop: "stop",
  seed: "seed",
  presence_penalty: "presence_penalty",
  frequency_penalty: "frequency_penalty",
};

const PATH_TYPES = Object.entries(REQUEST_TYPES);

function findRequestType(head: RequestHead): RequestType | undefined {
  for (const [suffix, type] of PATH_TYPES) {
    if (head.path === suffix || head.path.endsWith(suffix)) return type;
  }
  return undefined;
}

/** Ollama's own API. */
export const ollama: Dialect = {
  id: "ollama",
  summary: "Ollama chat, generate and embed",
  stability: "stable",
  docsUrl: "https://github.com/ollama/ollama/blob/main/docs/api.md",
  matchHead: (head) => {
    if (head.method !== "POST" || findRequestType(head) === undefined) return 0;
    // Its own port: others serve embeddings in the common form on a path like it.
    if (head.path in REQUEST_TYPES) return head.host?.endsWith(":11434") ? 0.95 : 0.8;
    return 0.5;
  },
  matchBody: (json) => {
    const messages = asRecords(json["messages"]);
    const isChat = messages.length > 0 &&
      ("options" in json || "keep_alive" in json || "think" in json ||
        messages.some((message) => "images" in message || hasObjectArguments(message)));
    const isGenerate = typeof json["prompt"] === "string" &&
      ("options" in json || "raw" in json || "context" in json || "keep_alive" in json);
    return isChat || isGenerate ? 0.8 : 0;
  },
  matchAnswer: (json) => {
    if (json === undefined || typeof json["done"] !== "boolean" || typeof json["model"] !== "string") return 0;
    return "message" in json || "response" in json ? 0.95 : 0;
  },
  requestType: (head) => findRequestType(head) ?? "chat",
  decodeRequest,
  createReader: createOllamaReader,
};

function hasObjectArguments(message: JsonRecord): boolean {
  return asRecords(message["tool_calls"]).some((call) =>
    asRecord(asRecord(call["function"])?.["arguments"]) !== undefined
  );
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const requestType = ollama.requestType(view);
  const messages = requestType === "chat" ? readMessages(json) : readPrompt(json);
  const input = json["input"] ?? json["prompt"];
  const isEmbedding = requestType === "embedding";
  return compact<ModelRequest>({
    requestType,
    model: asText(json["model"]),
    isStreaming: !isEmbedding && json["stream"] !== false,
    messages: isEmbedding ? [] : messages,
    messageCount: requestType === "chat" ? messages.filter((message) => message.role !== "system").length : undefined,
    systemPrompt: asFilledText(json["system"]),
    tools: readTools(json["tools"]),
    parameters: readParameters(json),
    inputCount: isEmbedding && input !== undefined ? (Array.isArray(input) ? input.length : 1) : undefined,
  });
}

function readMessages(json: JsonRecord): Message[] {
  const messages = asRecords(json["messages"]).map(readOllamaMessage);
  let calls: readonly ToolCall[] = [];
  for (const message of messages) {
    if (message.role === "assistant") calls = message.toolCalls ?? [];
    for (const result of message.toolResults ?? []) nameResult(result, calls);
  }
  return messages;
}

/** Older clients send results without id and name: where all calls before it are of one tool, it is that tool's. */
function nameResult(result: ToolResult, calls: readonly ToolCall[]): void {
  const name = calls[0]?.name;
  if (result.name !== undefined || result.callId !== undefined || !name) return;
  if (calls.every((call) => call.name === name)) result.name = name;
}

function readPrompt(json: JsonRecord): Message[] {
  const prompt = asText(json["prompt"]);
  const imageCount = asList(json["images"]).length;
  return prompt === undefined ? [] : [{ role: "user", content: prompt, ...(imageCount > 0 && { imageCount }) }];
}

function readTools(tools: unknown): ToolDefinition[] {
  return asRecords(tools).map((tool) => {
    const named = asRecord(tool["function"]);
    return compact<ToolDefinition>({
      name: asText(named?.["name"]),
      type: asText(tool["type"]) ?? "function",
      description: asText(named?.["description"]),
    });
  });
}

function readParameters(json: JsonRecord): Record<string, unknown> {
  const options = asRecord(json["options"]);
  const parameters: Record<string, unknown> = {};
  for (const [name, published] of Object.entries(OPTION_NAMES)) {
    const value = options?.[name];
    if (value !== undefined && value !== null) parameters[published] = value;
  }
  if (json["format"] === "json") parameters["response_format"] = "json";
  else if (asRecord(json["format"]) !== undefined) parameters["response_format"] = "json_schema";
  return parameters;
}
