/**
 * Cohere chat v2 (and the older v1): messages with content parts, tool plans as reasoning, p and k instead of top_p and top_k.
 *
 * @see https://docs.cohere.com/reference/chat (read 2026-11-21)
 */
import type { Message, ModelRequest, ToolDefinition } from "../../model/model_call.ts";
import { readCohereMessage } from "./cohere_message.ts";
import { createCohereReader } from "./cohere_reader.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  p: "top_p",
  k: "top_k",
  max_tokens: "max_tokens",
  stop_sequences: "stop",
  seed: "seed",
  frequency_penalty: "frequency_penalty",
  presence_penalty: "presence_penalty",
};

/** Cohere chat. */
export const cohereChat: Dialect = {
  id: "cohere_chat",
  summary: "Cohere chat, versions 2 and 1",
  stability: "stable",
  docsUrl: "https://docs.cohere.com/reference/chat",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "v2/chat")) return 0.9;
    return hasPathEnd(head.path, "v1/chat") && head.host?.includes("cohere") ? 0.9 : 0;
  },
  matchBody: (json) => (typeof json["message"] === "string" && Array.isArray(json["chat_history"]) ? 0.9 : 0),
  matchAnswer: (json) => {
    if (json === undefined) return 0;
    if (json["type"] === "message-start" || json["event_type"] === "stream-start") return 0.95;
    if (asRecord(json["message"]) !== undefined && typeof json["finish_reason"] === "string") return 0.9;
    return typeof json["generation_id"] === "string" && typeof json["text"] === "string" ? 0.9 : 0;
  },
  requestType: () => "chat",
  decodeRequest,
  createReader: createCohereReader,
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const messages = Array.isArray(json["messages"])
    ? asRecords(json["messages"]).map(readCohereMessage)
    : readFirstVersion(json);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asText(json["model"]),
    isStreaming: json["stream"] === true,
    messages,
    messageCount: messages.filter((message) => message.role !== "system").length,
    systemPrompt: readSystemPrompt(json, messages),
    tools: readTools(json["tools"]),
    toolChoice: asText(json["tool_choice"])?.toLowerCase(),
    parameters: readParameters(json),
    sessionKeys: typeof json["conversation_id"] === "string" ? { conversation: json["conversation_id"] } : undefined,
  });
}

/** Version 1 has a preamble; version 2 has system messages, wherever they stand. */
function readSystemPrompt(json: JsonRecord, messages: readonly Message[]): string | undefined {
  const texts = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const all = [asText(json["preamble"]), ...texts].filter((text) => text !== undefined);
  return all.length === 0 ? undefined : all.join("\n");
}

/** Version 1 keeps the newest message apart from the history, with roles in capitals. */
function readFirstVersion(json: JsonRecord): Message[] {
  const history = asRecords(json["chat_history"]).map((entry): Message =>
    compact<Message>({
      role: asText(entry["role"])?.toLowerCase().replace("chatbot", "assistant") ?? "user",
      content: asText(entry["message"]),
    })
  );
  const newest = asText(json["message"]);
  return newest === undefined ? history : [...history, { role: "user", content: newest }];
}

function readTools(tools: unknown): ToolDefinition[] {
  return asRecords(tools).map((tool) => {
    const named = asRecord(tool["function"]) ?? tool;
    return compact<ToolDefinition>({
      name: asText(named["name"]),
      type: asText(tool["type"]) ?? "function",
      description: asText(named["description"]),
    });
  });
}

function readParameters(json: JsonRecord): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [name, published] of Object.entries(PARAMETER_NAMES)) {
    if (json[name] !== undefined && json[name] !== null) parameters[published] = json[name];
  }
  const format = asText(asRecord(json["response_format"])?.["type"]);
  if (format !== undefined) parameters["response_format"] = format;
  return parameters;
}
