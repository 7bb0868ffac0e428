/**
 * Cohere chat v2 (and the older v1): messages with content parts, tool plans as reasoning, p and k instead of top_p and top_k.
 *
 * @see https://docs.cohere.com/reference/chat (read 2026-11-21)
 */
import type { Message, ModelRequest, ToolDefinition } from "../../model/model_call.ts";
import { readCohereParameters } from "./cohere_facts.ts";
import { readCohereMessage, readFirstCalls, readFirstResults } from "./cohere_message.ts";
import { createCohereReader } from "./cohere_reader.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

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
  const conversation = asFilledText(json["conversation_id"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages,
    messageCount: messages.filter((message) => message.role !== "system").length,
    systemPrompt: readSystemPrompt(json, messages),
    tools: readTools(json["tools"]),
    toolChoice: asText(json["tool_choice"])?.toLowerCase(),
    parameters: readCohereParameters(json),
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}

/** Version 1 has a preamble; version 2 has system messages, wherever they stand. */
function readSystemPrompt(json: JsonRecord, messages: readonly Message[]): string | undefined {
  const texts = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const preamble = asFilledText(json["preamble"]) ?? asFilledText(json["preamble_override"]);
  const all = [preamble, ...texts].filter((text) => text !== undefined);
  return all.length === 0 ? undefined : all.join("\n");
}

/** Version 1 keeps the newest message and its tool results apart from the history, with roles in capitals. */
function readFirstVersion(json: JsonRecord): Message[] {
  const history = asRecords(json["chat_history"]).map((entry) =>
    readFirstMessage(entry, asText(entry["role"])?.toLowerCase().replace("chatbot", "assistant") ?? "user")
  );
  const newest = asText(json["message"]);
  // With tool results the newest message is empty: it was said before them.
  if (newest !== undefined && (newest !== "" || json["tool_results"] === undefined)) {
    history.push({ role: "user", content: newest });
  }
  if (asRecords(json["tool_results"]).length > 0) history.push(readFirstMessage(json, "tool"));
  return history;
}

function readFirstMessage(entry: JsonRecord, role: string): Message {
  const toolCalls = readFirstCalls(entry["tool_calls"]);
  const toolResults = readFirstResults(entry["tool_results"]);
  return compact<Message>({
    role,
    content: role === "tool" ? undefined : asText(entry["message"]),
    toolCalls: toolCalls.length === 0 ? undefined : toolCalls,
    toolResults: toolResults.length === 0 ? undefined : toolResults,
  });
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
